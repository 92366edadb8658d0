"""Files that nobody ever sees a part of, whoever writes them at the same time."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 64 << 20


def read_whole(path: Path) -> bytes:
    """What a file holds; nothing when it cannot be read, or is larger than any that we write."""
    try:
        return path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError:
        return b""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, readable by its owner only.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = new_file(path.parent)
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def file_system_time(folder: Path) -> int:
    """What time the file system thinks it is, in nanoseconds: that of a network share may differ from our own.

    0 when nothing can be written there.
    """
    try:
        path = new_file(folder)
        time = path.stat().st_mtime_ns
        path.unlink()
    except OSError:
        return 0
    return time


def new_file(folder: Path) -> Path:
    """An empty file of a name that no other process takes, in a folder that is made when it is not there.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f".{os.getpid()}-{os.urandom(4).hex()}"
    path.touch(mode=0o600, exist_ok=False)
    return path
