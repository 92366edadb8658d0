"""The way of events: the journal, and reporters that fail."""

from __future__ import annotations

import errno
import json
import stat
from pathlib import Path

import pytest

from cdkit.engine.journal import Journal, run_folder
from cdkit.engine.stream import EventStream
from cdkit.errors import CheckFailed
from cdkit.models.event import Event, RunFinished, StepOutput, StepWaiting
from cdkit.redact import Redactor
from cdkit.testing import FakeClock
from tests.unit.engine.runs import Recorder


def test_every_event_is_one_line_of_json_with_its_time_and_without_secrets(tmp_path: Path) -> None:
    journal = Journal(run_folder(tmp_path, "r1"))
    stream = EventStream(FakeClock(start=100.0), Redactor(["hunter2!"]), journal, [])
    stream.emit(StepOutput(step="a", line="pass\u2028word hunter2! \u00e9"))
    stream.emit(StepWaiting(step="a", what="hunter2!"))
    journal.close()
    lines = (tmp_path / ".cdkit/runs/r1/events.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines[2:] == [""]
    assert [json.loads(line) for line in lines[:2]] == [
        {
            "type": "step-output",
            "time": 100.0,
            "step": "a",
            "line": "pass\u2028word *** \u00e9",
            "stream": "stdout",
        },
        {"type": "step-waiting", "time": 100.0, "step": "a", "what": "***", "seconds": 0.0},
    ]


def test_the_record_is_its_owners_alone_and_no_part_of_the_project(tmp_path: Path) -> None:
    journal = Journal(run_folder(tmp_path, "r1"))
    journal.close()
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700
    assert (tmp_path / ".cdkit/.gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_gitignore_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".cdkit").mkdir()
    (tmp_path / ".cdkit/.gitignore").write_text("runs/\n", encoding="utf-8")
    Journal(run_folder(tmp_path, "r1")).close()
    assert (tmp_path / ".cdkit/.gitignore").read_text(encoding="utf-8") == "runs/\n"


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / ".cdkit").write_text("a file is in the way", encoding="utf-8")
    with pytest.raises(CheckFailed, match=r"cannot be written to .*/\.cdkit/runs/r1"):
        Journal(run_folder(tmp_path, "r1"))


class Broken:
    """A reporter that cannot write."""

    def __init__(self) -> None:
        self.asked = 0

    def report(self, event: Event) -> None:
        self.asked += 1
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def flush(self) -> None:
        """Nothing is held back."""


def test_a_reporter_that_raises_is_left_out_and_the_others_hear_of_it(tmp_path: Path) -> None:
    before, broken, after = Recorder(), Broken(), Recorder()
    stream = EventStream(FakeClock(), Redactor(), None, [before, broken, after])
    for line in ("one", "two"):
        stream.emit(StepOutput(step="a", line=line))
    stream.close()
    warning = "The reporter Broken failed and was left out: [Errno 32] Broken pipe"
    assert broken.asked == 1
    for recorder in (before, after):
        said = [event.line if isinstance(event, StepOutput) else event.message for event in recorder.events]  # type: ignore[attr-defined]
        assert sorted(said) == sorted(["one", "two", warning])


def test_a_journal_that_cannot_be_written_any_more_does_not_end_the_work(tmp_path: Path) -> None:
    journal, heard = Journal(run_folder(tmp_path, "r1")), Recorder()
    journal.close()
    stream = EventStream(FakeClock(), Redactor(), journal, [heard])
    stream.emit(StepOutput(step="a", line="one"))
    stream.emit(StepOutput(step="a", line="two"))
    stream.close()
    assert sorted(type(event).__name__ for event in heard.events) == ["StepOutput", "StepOutput", "Warned"]


def test_nothing_follows_the_end_of_the_run() -> None:
    heard = Recorder()
    stream = EventStream(FakeClock(), Redactor(), None, [heard])
    stream.emit(RunFinished(exit_code=0, seconds=1))
    stream.emit(StepOutput(step="a", line="late"))
    assert heard.told() == ["run-finished"]
