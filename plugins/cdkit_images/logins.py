"""The login that a step's own options give, and for which registry it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from cdkit.api import Credentials, ImageReference, Problem

Password = Annotated[str, Meta(description="The login's password; `${{ secrets.NAME }}`.", extra={"secret": True})]


class Login(msgspec.Struct, frozen=True):
    """A login for one registry; for all others, and when it is empty, Docker's own configuration serves.

    Attributes:
        reference: an image in the registry that the login is for.
        username: the user.
        password: the password.
    """

    reference: str
    username: str
    password: str

    def check(self, step: str) -> Iterable[Problem]:
        """The login is whole."""
        if bool(self.username) != bool(self.password):
            yield Problem(f"{step!r} needs both a user and a password for {self.reference}, or neither.")

    def of(self, reference: str) -> Credentials | None:
        """The login for a reference; None leaves it to Docker's configuration."""
        ours = ImageReference.parse(self.reference).registry == ImageReference.parse(reference).registry
        return Credentials(self.username, self.password) if self.username and ours else None

    def by_registry(self) -> dict[str, Credentials]:
        """The login by its registry's host; empty for Docker Hub, and nothing when there is no login."""
        registry = ImageReference.parse(self.reference).registry
        return {registry: Credentials(self.username, self.password)} if self.username else {}

    def __repr__(self) -> str:
        return f"Login(reference={self.reference!r}, username={self.username!r}, ***)"
