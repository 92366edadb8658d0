"""Whose a test pod is and until when, so that nothing stays of a run that was killed, and nobody loses what he uses.

Whatever is made for a test pod carries labels that say which process of which machine made it. A later run on that
machine sees when this process is gone, and removes its things at once; any other machine waits until they expire.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import msgspec

MANAGED_BY = "app.kubernetes.io/managed-by"
TEST_POD = "cdkit.dev/test-pod"
RUN = "cdkit.dev/run"
STEP = "cdkit.dev/step"
RUNNER = "cdkit.dev/runner"
EXPIRES = "cdkit.dev/expires"
"""Seconds since the epoch. An annotation on Kubernetes, where it is renewed; a label on an engine, where it stands."""

KEPT_UNTIL = "cdkit.dev/kept-until"
"""Seconds since the epoch: somebody wants to look at it, and until then it is no orphan whoever made it."""

OURS: Mapping[str, str] = {MANAGED_BY: "cdkit", TEST_POD: "true"}
"""The labels by which all that was made for test pods is found."""

LEASE = 600.0
"""Seconds after which something expires that is not renewed; on an engine, so long after it had to end by itself."""

RENEWAL = 120.0
"""Seconds between two renewals: four may fail, or clocks differ by minutes, before anybody takes it for an orphan."""

LONGEST_LABEL = 63
"""Characters of a label's value.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

_LEGAL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", re.ASCII)
_RUNNER = re.compile(r"([0-9a-f]{16})\.([0-9]{1,7})\.([0-9]{1,20})", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_DEAD = {"Z", "X", "x"}
"""States of a process that has ended and was not fetched by its parent: proc_pid_stat(5)."""

_START_TIME = 19
"""The place of `starttime` in /proc/PID/stat behind the command, which is field 22 of proc_pid_stat(5)."""


class Runner(msgspec.Struct, frozen=True):
    """A process that makes test pods.

    Attributes:
        host: of which machine; see `Machine.identity`.
        pid: its number there.
        started: when it began, in the kernel's ticks since the machine's start: numbers of processes come again.
    """

    host: str
    pid: int
    started: int

    def __str__(self) -> str:
        """As the label has it."""
        return f"{self.host}.{self.pid}.{self.started}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a label; None for what is none of ours."""
        match = _RUNNER.fullmatch(text)
        return cls(match[1], int(match[2]), int(match[3])) if match else None


def _is_there(pid: int) -> bool:
    """Whether there is a process of this number, also when /proc hides those of others (`hidepid`)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class Machine:
    """The machine we run on, as far as it tells processes apart.

    Only Linux tells enough. Elsewhere nothing is known of any process, and only what has expired is an orphan.

    Args:
        proc: the kernel's own folder.
        is_there: whether there is a process of a number.
    """

    def __init__(self, proc: Path = Path("/proc"), is_there: Callable[[int], bool] = _is_there) -> None:
        self._proc = proc
        self._is_there = is_there

    @property
    def identity(self) -> str:
        """One start of one machine, and there the processes that see each other; empty where that cannot be known.

        The host's name is in it because machines that were cloned while they ran share all else. A number of a PID
        namespace comes again only when no process of the earlier one is left.
        """
        try:
            boot = (self._proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
            namespace = (self._proc / "self/ns/pid").readlink()
        except (OSError, ValueError):
            return ""
        return hashlib.sha256(f"{boot}\n{namespace}\n{os.uname().nodename}".encode()).hexdigest()[:16]

    def this_process(self) -> Runner | None:
        """Ourselves; None where processes cannot be told apart."""
        host, started = self.identity, self._start_of(os.getpid())
        return Runner(host, os.getpid(), started) if host and started else None

    def has_lost(self, runner: Runner) -> bool:
        """Whether a process was of this machine, and certainly is not there any more."""
        if runner.host != self.identity:
            return False
        return not self._is_there(runner.pid) or self._start_of(runner.pid) not in {runner.started, None}

    def _start_of(self, pid: int) -> int | None:
        """When a process began, 0 when it has ended; None when we are not told."""
        try:
            stat = (self._proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
            # The command stands in brackets, and may hold any character, brackets too.
            state, *fields = stat.rpartition(")")[2].split()
            return 0 if state in _DEAD else int(fields[_START_TIME - 1])
        except (OSError, ValueError, IndexError):
            return None


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who made something for a test pod.

    Attributes:
        run: the run's id.
        step: the step's name.
        runner: the process; None where processes cannot be told apart.
    """

    run: str
    step: str
    runner: Runner | None = None

    def labels(self) -> dict[str, str]:
        """What all that belongs to it carries, on Kubernetes and on an engine."""
        whose = {RUN: label_value(self.run), STEP: label_value(self.step)}
        return {**OURS, **whose, **({RUNNER: str(self.runner)} if self.runner else {})}


def expiring(at: float) -> dict[str, str]:
    """The mark of what nobody needs any more after a time.

    Args:
        at: seconds since the epoch.
    """
    return {EXPIRES: str(int(at))}


def kept(until: float) -> dict[str, str]:
    """The mark of what is kept for a look.

    Args:
        until: seconds since the epoch.
    """
    return {KEPT_UNTIL: str(int(until))}


def is_orphan(marks: Mapping[str, str], now: float, machine: Machine) -> bool:
    """Whether something that was made for a test pod may be removed by anybody.

    What does not say that it is ours, or nothing of when it expires, is left alone.

    Args:
        marks: its labels and annotations.
        now: seconds since the epoch.
        machine: where we are.
    """
    if not marks.items() >= OURS.items():
        return False
    until = _seconds(marks, KEPT_UNTIL)
    if until is not None:
        return now >= until
    runner = Runner.parse(marks.get(RUNNER, ""))
    if runner is not None and machine.has_lost(runner):
        return True
    expires = _seconds(marks, EXPIRES)
    return expires is not None and now >= expires


def label_value(text: str) -> str:
    """A text as the value of a label: itself where that is legal, else what is legal of it and a hash."""
    if not text or _LEGAL.fullmatch(text):
        return text
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", text)[: LONGEST_LABEL - len(mark) - 1].strip("-_.")
    return f"{readable}-{mark}" if readable else mark


def _seconds(marks: Mapping[str, str], name: str) -> int | None:
    text = marks.get(name, "")
    return int(text) if _SECONDS.fullmatch(text) else None
