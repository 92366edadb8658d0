"""Process groups: a command and all that it started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from signal import Signals

PROC = Path("/proc")


def signal_group(leader: int, signal: Signals) -> None:
    """Send a signal to a whole process group; nothing happens when there is none of it left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal)


def group_lives(leader: int) -> bool:
    """Whether any process of a group still runs.

    In a container whose first process does not reap, ended processes stay as zombies; they do not count.
    """
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # It is there, and runs as somebody else.
        return True
    stats = [_stat(folder) for folder in PROC.glob("[0-9]*")]
    # Without /proc (macOS), what the kernel said has to do.
    return not stats or any(group == str(leader) and state not in "ZX" for state, group in stats)


def _stat(folder: Path) -> tuple[str, str]:
    """The state and the process group of a process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html."""
    try:
        # The program's name, in parentheses, may hold anything, spaces and parentheses too.
        state, _, group, *_ = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (OSError, ValueError):
        return "X", ""
    return state, group
