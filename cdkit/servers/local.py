"""A laptop, or any machine without a build server: what git says is all there is."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Local:
    """The build server that is none."""

    name = "local"

    def is_here(self, reading: Reading) -> bool:
        """Always: this one is asked last."""
        return True

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """Nothing."""
        return iter(())
