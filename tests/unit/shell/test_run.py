"""The step `run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cdkit.api import WorkFailed
from cdkit.testing import FakeProcesses, FakeWorld, run_step
from cdkit_shell.run import LAST_LINES, Run


def run(processes: FakeProcesses, folder: Path, **options: Any) -> Any:
    return run_step(Run, options, world=FakeWorld(processes=processes), workspace=folder, env={"A": "1"})


def test_a_command_is_split_at_spaces_and_no_shell_reads_it(tmp_path: Path) -> None:
    processes = FakeProcesses().on("echo", prints=["hello"])
    done = run(processes, tmp_path, command="echo 'a b' $HOME ; rm")
    assert processes.runs[0].command == ("echo", "a b", "$HOME", ";", "rm")
    assert (processes.runs[0].directory, processes.runs[0].env) == (str(tmp_path), {"A": "1"})
    assert (done.outputs.exit_code, done.lines) == (0, ["hello"])


def test_a_list_is_taken_as_it_is(tmp_path: Path) -> None:
    processes = FakeProcesses().on("make")
    run(processes, tmp_path, command=["make", "a b"])
    assert processes.runs[0].command == ("make", "a b")


def test_a_script_is_read_by_a_shell_that_stops_at_the_first_failure(tmp_path: Path) -> None:
    processes = FakeProcesses().on("sh")
    done = run(processes, tmp_path, script="make\nmake test\n")
    assert processes.runs[0].command == ("sh", "-eu", "-c", "make\nmake test\n")
    (change,) = done.changes
    assert (change.action, change.subject, change.details) == ("run", "a script of 2 lines", ("make", "make test"))


def test_a_failure_has_the_exit_code_and_the_last_lines_as_evidence(tmp_path: Path) -> None:
    printed = [f"line {number}" for number in range(50)]
    processes = FakeProcesses().on("make", prints=printed, complains=["make: *** [all] Error 1"], exit_code=2)
    error = run(processes, tmp_path, command="make 'all of it'").error
    assert isinstance(error, WorkFailed)
    assert error.message == "`make 'all of it'` ended with exit code 2."
    assert error.evidence == (*printed[-LAST_LINES + 1 :], "make: *** [all] Error 1")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "'run' needs either a `command` or a `script`."),
        ({"command": "a", "script": "b"}, "'run' needs either a `command` or a `script`."),
        ({"command": "echo 'oh"}, "The command of 'run' has a quote that is not closed: echo 'oh"),
        ({"command": "   "}, "The command of 'run' names no program."),
        ({"command": [""]}, "The command of 'run' names no program."),
        ({"command": "a", "directory": "nope"}, "The directory of 'run' does not exist: nope"),
    ],
)
def test_options_that_cannot_work_are_found_before_anything_runs(
    tmp_path: Path, options: dict[str, Any], problem: str
) -> None:
    processes = FakeProcesses()
    done = run(processes, tmp_path, **options)
    assert [found.message for found in done.problems] == [problem]
    assert processes.runs == []
