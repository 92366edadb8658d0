"""Folders for what nobody else may read, gone when their work is done, and at the latest when the next one is made.

A process that is killed cannot tidy up. Its folder is known by its lock, which the system takes away when it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "cdkit-private-"
LOCK = ".lock"


@contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """A folder of mode 0700 that goes away with all that is in it.

    Args:
        parent: where it is made; None is the folder for temporary files.
    """
    place = Path(tempfile.gettempdir()) if parent is None else parent
    sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    try:
        with (folder / LOCK).open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove the folders of processes of this account that have ended without doing so."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def write_private(path: Path, content: str) -> None:
    """Write a file that nobody else can read, not even for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)


def _is_left(folder: Path) -> bool:
    """Whether nobody holds the lock. A folder without one is just being made, or belongs to somebody else."""
    if folder.is_symlink():
        return False
    with (folder / LOCK).open("r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
