"""Everything that can change an image, each thing as a short text: made into a tag, and compared with the last one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping

import msgspec

from cdkit_images.content.tag import TAG_LENGTH

FORMAT = 1
"""A part of every tag: when it changes, every image gets another one."""


class Fingerprint(msgspec.Struct, frozen=True):
    """What an image is made of.

    Attributes:
        settings: what is no file of the context, by a name for a person: `the Dockerfile`, `build argument A`.
        files: what of the context the build can see, by path: its kind, mode and digest, with spaces in between.
    """

    settings: dict[str, str]
    files: dict[str, str]

    @property
    def tag(self) -> str:
        """The content tag."""
        whole = msgspec.json.encode([FORMAT, self.settings, self.files], order="deterministic")
        return hashlib.sha256(whole).hexdigest()[:TAG_LENGTH]

    def differences(self, earlier: Fingerprint) -> list[str]:
        """What makes this another image than an earlier one; a sentence each, without its full stop."""
        return [
            *_told(earlier.settings, self.settings, lambda _old, _new: "changed"),
            *_told(earlier.files, self.files, _file_change),
        ]


def _told(old: Mapping[str, str], new: Mapping[str, str], change: Callable[[str, str], str]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        before, now = old.get(name), new.get(name)
        if before is None:
            yield f"{name} is new"
        elif now is None:
            yield f"{name} is gone"
        elif before != now:
            yield f"{name} {change(before, now)}"


def _file_change(old: str, new: str) -> str:
    (kind, mode, content), (new_kind, new_mode, new_content) = old.split(" ", 2), new.split(" ", 2)
    if kind != new_kind:
        return f"is a {new_kind} now, and was a {kind}"
    if content == new_content:
        return f"has mode {new_mode} now, and had {mode}"
    return "leads elsewhere" if kind == "link" else "changed"
