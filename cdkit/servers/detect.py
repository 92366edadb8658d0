"""Finds the build server that runs us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from cdkit.models.build import Build
from cdkit.servers.local import Local
from cdkit.servers.trust import is_untrusted


class BuildServer(Protocol):
    """One kind of build server."""

    @property
    def name(self) -> str:
        """Its short name, as `build.server` gives it."""
        ...

    def is_here(self, environ: Mapping[str, str]) -> bool:
        """Whether this environment is one that it sets up."""
        ...

    def read(self, environ: Mapping[str, str], checkout: Build) -> Build:
        """The build that it describes; what it does not say comes from the checkout."""
        ...


SERVERS: tuple[BuildServer, ...] = (Local(),)


def detect(environ: Mapping[str, str], checkout: Build) -> Build:
    """The build of the first server that recognises the environment.

    Args:
        environ: the environment variables.
        checkout: what git says of the folder that is built.
    """
    server = next(server for server in SERVERS if server.is_here(environ))
    build = server.read(environ, checkout)
    return msgspec.structs.replace(build, trusted=False) if is_untrusted(environ) else build
