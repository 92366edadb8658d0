"""Many threads speak at once: nothing is lost, and everything is written down before it is shown."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from cdkit.engine.journal import Journal, run_folder
from cdkit.engine.stream import MOST_PENDING, EventStream
from cdkit.models.event import Event, RunFinished, StepOutput, StepProgress, StepStarted, Warned
from cdkit.redact import Redactor
from cdkit.testing import FakeClock
from tests.unit.engine.runs import Recorder

THREADS = 16
LINES = 500


def say_from_many_threads(stream: EventStream) -> None:
    def say(name: str) -> None:
        for number in range(LINES):
            stream.emit(StepOutput(step=name, line=str(number)))

    threads = [threading.Thread(target=say, args=(f"s{number}",)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_every_line_of_every_thread_comes_once_and_in_order(tmp_path: Path) -> None:
    heard, journal = Recorder(), Journal(run_folder(tmp_path, "r1"))
    stream = EventStream(FakeClock(), Redactor(), journal, [heard])
    say_from_many_threads(stream)
    stream.emit(RunFinished(exit_code=0, seconds=1.0))
    written = [json.loads(line) for line in journal.path.read_text(encoding="utf-8").splitlines()]
    shown = [json.loads(json.dumps({"step": event.step, "line": getattr(event, "line", "")})) for event in heard.events]
    assert [{"step": event["step"], "line": event.get("line", "")} for event in written] == shown
    for number in range(THREADS):
        lines = [event["line"] for event in shown if event["step"] == f"s{number}"]
        assert lines == [str(line) for line in range(LINES)]


def test_what_is_no_output_is_shown_when_emit_returns() -> None:
    heard = Recorder()
    stream = EventStream(FakeClock(), Redactor(), None, [heard])
    stream.emit(StepStarted(step="a", uses="run"))
    assert heard.told() == ["started a"]


def test_a_line_is_shown_although_nothing_comes_after_it() -> None:
    slow = Slow()
    stream = EventStream(FakeClock(), Redactor(), None, [slow])
    stream.emit(StepOutput(step="a", line="alone"))
    assert slow.entered.wait(10)
    slow.may_go_on.set()
    stream.close()
    assert slow.lines == ["alone"]


class Slow:
    """A reporter that waits until it may go on, and says when it began to wait."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.may_go_on = threading.Event()
        self.lines: list[str] = []
        self.flushed = 0

    def report(self, event: Event) -> None:
        self.entered.set()
        assert self.may_go_on.wait(10)
        self.lines.append(getattr(event, "line", ""))

    def flush(self) -> None:
        self.flushed += 1


def test_nobody_who_prints_waits_for_what_is_shown_and_lines_are_shown_together() -> None:
    slow = Slow()
    stream = EventStream(FakeClock(), Redactor(), None, [slow])
    stream.emit(StepOutput(step="a", line="first"))
    assert slow.entered.wait(10)
    for number in range(5):
        stream.emit(StepOutput(step="b", line=str(number)))
    assert slow.lines == []
    slow.may_go_on.set()
    stream.close()
    assert slow.lines == ["first", "0", "1", "2", "3", "4"]
    assert slow.flushed == 2


def test_whoever_brings_too_many_lines_has_to_wait() -> None:
    slow = Slow()
    stream = EventStream(FakeClock(), Redactor(), None, [slow])
    done = threading.Event()

    def flood() -> None:
        for number in range(MOST_PENDING * 2):
            stream.emit(StepOutput(step="b", line=str(number)))
        done.set()

    stream.emit(StepOutput(step="a", line="first"))
    assert slow.entered.wait(10)
    threading.Thread(target=flood, daemon=True).start()
    assert not done.wait(0.1)
    slow.may_go_on.set()
    assert done.wait(10)


def test_text_that_is_not_utf8_is_written_down_all_the_same(tmp_path: Path) -> None:
    heard, journal = Recorder(), Journal(run_folder(tmp_path, "r1"))
    stream = EventStream(FakeClock(), Redactor(), journal, [heard])
    stream.emit(StepOutput(step="a", line="bad \udcff name"))
    stream.emit(StepOutput(step="a", line="next"))
    stream.close()
    assert [event.line for event in heard.events if isinstance(event, StepOutput)] == ["bad ? name", "next"]
    written = [json.loads(line)["line"] for line in journal.path.read_text(encoding="utf-8").splitlines()]
    assert written == ["bad ? name", "next"]


def test_what_is_no_data_is_told_and_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    heard, journal = Recorder(), Journal(run_folder(tmp_path, "r1"))
    stream = EventStream(FakeClock(), Redactor(), journal, [heard])
    stream.emit(StepProgress(step="a", item="x", current=object(), total=1))  # type: ignore[arg-type]
    stream.emit(StepOutput(step="a", line="next"))
    stream.close()
    warned, said = heard.events
    assert isinstance(warned, Warned)
    assert (warned.step, warned.message) == (
        "a",
        "Something was said that is no data: Encoding objects of type object is unsupported",
    )
    assert isinstance(said, StepOutput)


@pytest.mark.parametrize("line", ["the word hunter2!", "nothing"])
def test_a_line_is_masked_whatever_way_it_takes(line: str) -> None:
    heard = Recorder()
    stream = EventStream(FakeClock(), Redactor(["hunter2!"]), None, [heard])
    stream.emit(StepOutput(step="a", line=line))
    stream.close()
    assert [event.line for event in heard.events if isinstance(event, StepOutput)] == [line.replace("hunter2!", "***")]
