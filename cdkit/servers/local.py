"""A laptop, or any machine without a build server: what git says is all there is."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit.models.build import Build


class Local:
    """The build server that is none."""

    name = "local"

    def is_here(self, environ: Mapping[str, str]) -> bool:
        """Always: this one is asked last."""
        return True

    def read(self, environ: Mapping[str, str], checkout: Build) -> Build:
        """The checkout as it is."""
        return checkout
