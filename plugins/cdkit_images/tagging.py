"""The tags that an image gets beside that of its content."""

from __future__ import annotations

import msgspec


class Tagging(msgspec.Struct, frozen=True):
    """The tags of an image.

    Attributes:
        names: each once, the most telling first.
        remarks: what was changed or left out, and why; one sentence each.
    """

    names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
