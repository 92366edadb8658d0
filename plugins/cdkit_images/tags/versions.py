"""Semantic versions: https://semver.org, with a `v` before it or not."""

from __future__ import annotations

import re

import msgspec

_VERSION = re.compile(
    r"[v=\s]*(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)"
    r"(?:-?(?P<prerelease>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)


class Version(msgspec.Struct, frozen=True):
    """A version, taken apart.

    Attributes:
        raw: as it was written.
        major: the first number.
        minor: the second number.
        patch: the third number.
        prerelease: what stands behind `-`; empty for a release.
    """

    raw: str
    major: int
    minor: int
    patch: int
    prerelease: str

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """A version, or None for a text that is none. Numbers may be run into a pre-release: `1.2.3rc1`."""
        match = _VERSION.fullmatch(text)
        if match is None:
            return None
        major, minor, patch = (int(match[name]) for name in ("major", "minor", "patch"))
        return cls(text, major, minor, patch, match["prerelease"] or "")

    @property
    def version(self) -> str:
        """Without a `v`, and without what stands behind `+`, which no tag may hold."""
        base = f"{self.major}.{self.minor}.{self.patch}"
        return f"{base}-{self.prerelease}" if self.prerelease else base
