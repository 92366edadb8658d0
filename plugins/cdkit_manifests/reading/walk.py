"""The files below a folder, within bounds."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

import msgspec

MOST_FILES = 20_000
DEEPEST = 16
SKIPPED = frozenset(
    {
        "node_modules", "bower_components", "vendor", "third_party", "target", "dist", "build", "out", "bin", "obj",
        "coverage", "htmlcov", "venv", "env", "__pycache__", "site-packages", "_site", "tmp", "log",
    }
)  # fmt: skip
"""Folders of dependencies and of build results. A folder whose name begins with a dot is never looked into."""
_WANTED_ALL_THE_SAME = frozenset({"bin"})
"""At the top of a project these hold what somebody wrote: `bin/rails`."""


class Listing(msgspec.Struct, frozen=True):
    """The files of a folder.

    Attributes:
        files: their paths from there, with `/`; the nearest first, then by name.
        links: those of them that are symbolic links, and may lead anywhere.
        is_complete: false when there were more than are listed.
    """

    files: tuple[str, ...]
    links: frozenset[str] = frozenset()
    is_complete: bool = True


def list_files(root: str, most: int = MOST_FILES) -> Listing:
    """The files of a folder and of those below it. Links to folders are not followed; a folder without access is empty.

    Args:
        root: the folder.
        most: how many entries are looked at.
    """
    files: list[str] = []
    links: set[str] = set()
    seen = 0
    folders = deque([("", 0)])
    while folders:
        folder, depth = folders.popleft()
        for entry in _entries(os.path.join(root, folder)):  # noqa: PTH118 -- `pathlib` takes three times as long
            seen += 1
            if seen > most:
                return Listing(tuple(files), frozenset(links), is_complete=False)
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST and not _is_skipped(entry.name, depth):
                    folders.append((f"{path}/", depth + 1))
            elif entry.is_symlink():
                files.append(path)
                links.add(path)
            elif entry.is_file():
                files.append(path)
    return Listing(tuple(files), frozenset(links))


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return


def _is_skipped(name: str, depth: int) -> bool:
    if name.startswith("."):
        return True
    return name in SKIPPED and not (depth == 0 and name in _WANTED_ALL_THE_SAME)
