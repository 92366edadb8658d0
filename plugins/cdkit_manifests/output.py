"""Writing files, those with secrets for nobody else's eyes."""

from __future__ import annotations

import os
from pathlib import Path

from cdkit.api import WorldFailed

FOR_OWNER = 0o600
FOR_ALL = 0o644


def write_text(path: Path, text: str, *, is_secret: bool) -> None:
    """Write a file, and the folders that it lies in.

    Args:
        path: the file.
        text: its content.
        is_secret: only its owner may read it; the umask decides else.

    Raises:
        WorldFailed: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = FOR_OWNER if is_secret else FOR_ALL
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:  # noqa: PTH123 -- with a mode from the start
            if is_secret:
                # A file that was there already keeps its mode.
                os.fchmod(file.fileno(), FOR_OWNER)
            file.write(text)
    except OSError as error:
        raise WorldFailed(f"{path} cannot be written: {error.strerror}.", remedy="Say another `output`.") from error
