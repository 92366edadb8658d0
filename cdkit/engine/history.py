"""Past runs, as their journals tell of them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cdkit.engine.journal import JOURNAL
from cdkit.engine.state import state_folder
from cdkit.models.build import Build
from cdkit.models.decoding import decoder_of
from cdkit.models.event import (
    AnyEvent,
    BuildDetected,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TestsReported,
)
from cdkit.models.result import StepResult
from cdkit.models.test_report import TestReport

MOST_RUNS = 50
OLDEST_DAYS = 30


class PastRun(msgspec.Struct, frozen=True):
    """A run that was, or still is.

    Attributes:
        folder: its folder.
        started: how it began.
        finished: how it ended; None when it was killed, or is still running.
        results: the steps that ended, by name.
        inputs: the fingerprint of what each step was started with, by the step's name.
        build: who ran it, and for which commit; None when no step wanted to know.
        tests: what the tests of a step have found, by the step's name.
    """

    folder: Path
    started: RunStarted
    finished: RunFinished | None
    results: dict[str, StepResult]
    inputs: dict[str, str]
    build: Build | None = None
    tests: dict[str, TestReport] = {}

    @property
    def id(self) -> str:
        """The run's id."""
        return self.started.run_id


def run_folders(workspace: Path) -> list[Path]:
    """The folders of all runs, the oldest first: their names begin with the time."""
    runs = state_folder(workspace) / "runs"
    # `os.access` also says no to the folder of another account, where `Path.is_file` would raise.
    return sorted(folder for folder in runs.glob("*") if os.access(folder / JOURNAL, os.R_OK))


def read_events(folder: Path) -> Iterator[AnyEvent]:
    """The events of a run. A last line that a kill has torn is left out, and so is one of a newer version of cdkit."""
    decoder = decoder_of(AnyEvent)
    with (folder / JOURNAL).open("rb") as file:
        for line in file:
            try:
                yield decoder.decode(line)
            except (msgspec.ValidationError, msgspec.DecodeError):
                continue


def read_run(folder: Path) -> PastRun | None:
    """What became of a run; None when its journal does not even say how it began."""
    started: RunStarted | None = None
    finished: RunFinished | None = None
    build: Build | None = None
    results: dict[str, StepResult] = {}
    inputs: dict[str, str] = {}
    tests: dict[str, TestReport] = {}
    for event in read_events(folder):
        match event:
            case RunStarted():
                started = event
            case BuildDetected():
                build = event.build
            case StepStarted():
                inputs[event.step] = event.inputs
            case TestsReported():
                tests[event.step] = event.report
            case StepFinished():
                results[event.step] = event.result
            case RunFinished():
                finished = event
            case _:
                pass
    return PastRun(folder, started, finished, results, inputs, build, tests) if started else None


def latest_run(workspace: Path, run_id: str = "", *, pipeline: str = "") -> PastRun | None:
    """The newest run of a workspace that can be read.

    Args:
        workspace: the folder of the pipeline file.
        run_id: take just this one.
        pipeline: take only runs of the pipeline of this name: a single step can have been run in between.
    """
    folders = [folder for folder in run_folders(workspace) if run_id in ("", folder.name)]
    runs = (run for folder in reversed(folders) if (run := read_run(folder)))
    return next((run for run in runs if pipeline in ("", run.started.pipeline)), None)


def prune(workspace: Path, now: float) -> list[str]:
    """Remove the records of runs beyond the newest 50, and those older than 30 days; gives their ids.

    A run that is still at work is never removed, however many others were started since.

    Args:
        workspace: the folder of the pipeline file.
        now: seconds since the epoch.
    """
    folders = run_folders(workspace)
    oldest = now - OLDEST_DAYS * 86400
    surplus = folders[:-MOST_RUNS]
    stale = [folder for folder in folders if (folder / JOURNAL).stat().st_mtime < oldest]
    removed = []
    for folder in dict.fromkeys([*surplus, *stale]):
        if not is_at_work(folder):
            _remove(folder)
            removed.append(folder.name)
    return removed


def _remove(folder: Path) -> None:
    # Most runs remove nothing, and need not wait for the import.
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)


def is_at_work(folder: Path) -> bool:
    """Whether a process holds the lock of the run's journal, which it does until it ends, in whatever way."""
    try:
        file = os.open(folder / JOURNAL, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
