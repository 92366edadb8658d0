"""Taking times, fairly."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure beside its goal; `value` and `goal` in the same unit."""

    what: str
    value: float
    goal: float
    unit: str
    detail: str

    @property
    def line(self) -> str:
        """The figure for a person."""
        verdict = "ok" if self.value <= self.goal else "SHORT OF THE GOAL"
        return f"{self.what:<58} {self.value:7.2f} {self.unit:<8} goal {self.goal:<6} {verdict:<18} {self.detail}"


def seconds_of(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def command(arguments: Sequence[str], *, directory: str = ".", env: Mapping[str, str] | None = None) -> None:
    """Run a command quietly; it must succeed."""
    ended = subprocess.run(arguments, cwd=directory, env=env, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{ended.stdout}{ended.stderr}")


def minima(times: int, *actions: Callable[[], object]) -> list[float]:
    """The least seconds of each action. They take turns, after one round that does not count."""
    return [min(column) for column in _rounds(times, actions)]


def medians(times: int, *actions: Callable[[], object]) -> list[float]:
    """The median seconds of each action. They take turns, after one round that does not count."""
    return [statistics.median(column) for column in _rounds(times, actions)]


def _rounds(times: int, actions: Sequence[Callable[[], object]]) -> Iterator[tuple[float, ...]]:
    """The seconds of each action, in the order of the actions."""
    for action in actions:
        action()
    return zip(*[[seconds_of(action) for action in actions] for _ in range(times)], strict=True)


def megabytes(arguments: Sequence[str], *, directory: str = ".", env: Mapping[str, str] | None = None) -> float:
    """The most memory that a command had resident, as the kernel tells of a child that has ended; it must succeed."""
    with subprocess.Popen(arguments, cwd=directory, env=env, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} failed")
    kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss / 1024
    return kilobytes / 1024
