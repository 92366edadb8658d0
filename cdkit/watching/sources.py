"""Which changes of files count as changes of the sources."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import msgspec

LARGEST_READ = 16 << 20
"""Bytes. Of a larger file the size and the time of its modification say whether it changed."""

MOST_IN_A_ROW = 3
"""A file that changes while a run is at work may have been saved by a person, so many runs in a row; not more."""


class Look(msgspec.Struct, frozen=True):
    """A file as it is.

    Attributes:
        state: what is in it, in any form that differs for another content; empty when it is gone.
        changed: when it was changed last, in seconds since the epoch.
    """

    state: str
    changed: float


class _Streak(msgspec.Struct, frozen=True):
    """In how many runs in a row a file changed, up to the run of a number."""

    last: int
    length: int


class Sources:
    """Knows the files that changed. Only the thread that hears of changes uses it.

    A file that is written anew with what was in it before has not changed, and neither has one that git ignores. One
    that changes in every run is written by the runs: it counts no more while one is at work.

    Args:
        look: looks at a file, by its path relative to the folder that is watched.
        ignored: those of some paths that git ignores.
        round_at: the number of the run that was at work at a time in seconds since the epoch; 0 for none.
        on_product: is told of a file that the runs are found to write.
    """

    def __init__(
        self,
        look: Callable[[str], Look],
        *,
        ignored: Callable[[Collection[str]], Collection[str]],
        round_at: Callable[[float], int],
        on_product: Callable[[str], None],
    ) -> None:
        self._look = look
        self._ignored = ignored
        self._round_at = round_at
        self._on_product = on_product
        self._states: dict[str, str] = {}
        self._streaks: dict[str, _Streak] = {}

    def changed(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths that count, in their order."""
        told = sorted(paths)
        ignored = self._ignored(told)
        return [path for path in told if path not in ignored and self._counts(path)]

    def _counts(self, path: str) -> bool:
        now = self._look(path)
        if self._states.get(path) == now.state:
            return False
        self._states[path] = now.state
        return not self._is_product(path, self._round_at(now.changed))

    def _is_product(self, path: str, number: int) -> bool:
        """Whether the runs write a file; `number` is that of the run during which it changed."""
        if number == 0:
            self._streaks.pop(path, None)
            return False
        before = self._streaks.get(path, _Streak(0, 0))
        if before.last < number:
            length = before.length + 1 if before.last == number - 1 else 1
            self._streaks[path] = _Streak(number, length)
            if length == MOST_IN_A_ROW + 1:
                self._on_product(path)
        return self._streaks[path].length > MOST_IN_A_ROW


def look_at(folder: Path, path: str) -> Look:
    """A file below a folder, as it is now. What cannot be read counts as gone."""
    file = folder / path
    try:
        status = file.lstat()
        return Look(_state(file, status), status.st_ctime)
    except OSError:
        return Look("", _last_change_above(file))


def _state(file: Path, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return f"link {file.readlink()}"
    mode = stat.S_IMODE(status.st_mode)
    if not stat.S_ISREG(status.st_mode):
        return f"{stat.S_IFMT(status.st_mode)} {mode}"
    if status.st_size > LARGEST_READ:
        return f"{mode} {status.st_size} {status.st_mtime_ns}"
    return f"{mode} {hashlib.sha256(file.read_bytes()).hexdigest()}"


def _last_change_above(file: Path) -> float:
    """When something in the nearest folder that is there changed: the removal of a file is a change of its folder."""
    for folder in file.parents:
        try:
            return folder.stat().st_ctime
        except OSError:
            continue
    return 0.0
