"""Files of the checkout as a tar archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def pack(checkout: Path, source: str, *, name: str = "") -> Iterator[bytes]:
    """A file or folder of the checkout as a tar archive, piece by piece, in constant memory.

    The members of a folder are relative to it; a file is one member by its own name. Their order is always the same,
    their modes are kept, and their owner is 0. A link is followed unless it leads to something in the archive itself.

    Args:
        checkout: the folder that nothing may come from outside of.
        source: relative to the checkout.
        name: what a single file is called in the archive; its own name when left out. Not for folders.

    Raises:
        InvalidInput: it is not there, leads out of the checkout, or is neither a file nor a folder; before the first
            piece is given.
    """
    raise NotImplementedError
