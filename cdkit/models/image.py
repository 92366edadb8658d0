"""Images: what is built, and how it is named."""

from __future__ import annotations

import msgspec


class ImageReference(msgspec.Struct, frozen=True):
    """An image's name, taken apart as the distribution specification does.

    Attributes:
        repository: registry host, if any, and path: `127.0.0.1:5000/team/hello`.
        tag: the tag; empty when there is none.
        digest: `sha256:...`; empty when there is none.
    """

    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}{tag}{digest}"

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Take a reference apart; a colon before the last slash belongs to the registry's port."""
        name, _, digest = text.partition("@")
        head, slash, last = name.rpartition("/")
        path, _, tag = last.partition(":")
        return cls(f"{head}{slash}{path}", tag, digest)

    @property
    def registry(self) -> str:
        """The registry's host and port; empty for the engine's default registry."""
        first, slash, _ = self.repository.partition("/")
        return first if slash and ("." in first or ":" in first or first == "localhost") else ""


class Credentials(msgspec.Struct, frozen=True):
    """A login for a registry."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, password=***)"
