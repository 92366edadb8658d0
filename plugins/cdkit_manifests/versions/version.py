"""A version of Kubernetes, as far as its API depends on it."""

from __future__ import annotations

import re

import msgspec

from cdkit.api import InvalidInput

_WRITTEN = re.compile(r"v?(\d{1,3})\.(\d{1,3})(?:[.+-].*)?", re.DOTALL)


class KubernetesVersion(msgspec.Struct, frozen=True, order=True):
    """A minor version; patches change no API."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: str) -> KubernetesVersion:
        """Read a version as people and servers write it: `1.29`, `v1.20.2`, `v1.27.3-gke.100`.

        Raises:
            InvalidInput: it is no version.
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise InvalidInput(f"{text!r} is no version of Kubernetes.", remedy="Write it like 1.29.")
        return cls(int(match[1]), int(match[2]))


OLDEST = KubernetesVersion(1, 20)
"""The oldest version that manifests are written for."""
