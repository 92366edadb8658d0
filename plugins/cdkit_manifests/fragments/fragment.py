"""One partial manifest."""

from __future__ import annotations

import msgspec

from cdkit.api import Node


class Fragment(msgspec.Struct, frozen=True):
    """One partial manifest.

    Attributes:
        api_version: its API and version; empty where neither the file nor its kind says.
        kind: its kind, from the file or from the file's name.
        name: its name; empty for the application's own.
        node: all that it says, with positions.
    """

    api_version: str
    kind: str
    name: str
    node: Node
