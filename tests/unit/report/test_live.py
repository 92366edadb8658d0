"""The live view, as it stands on the screen."""

from __future__ import annotations

import threading

import pytest

from cdkit.models.event import (
    ChecksPassed,
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutput,
    StepProgress,
    StepStarted,
    StepWaiting,
    TestsReported,
)
from cdkit.models.result import StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.live import MOST_LINES, LiveConsole
from cdkit.report.style import Style
from cdkit.report.wording import Wording
from tests.unit.report.screen import Screen


class View:
    """A live view on a screen, at a time that the test sets."""

    def __init__(self, columns: int = 60, rows: int = 12, style: Style | None = None) -> None:
        self.now = 1000.0
        self.screen = Screen(columns, rows)
        self.console = LiveConsole(self.screen, Wording(style or Style()), lambda: self.now, self.screen.size)

    def tell(self, *events: Event) -> None:
        """Let it hear of events, and paint."""
        for event in events:
            self.console.report(event)
        self.console.paint()


def started(*steps: str) -> Event:
    return RunStarted(time=1000.0, run_id="r", pipeline="hello", version="1", steps=steps)


def at_work(step: str, time: float = 1000.0) -> Event:
    return StepStarted(time=time, step=step, uses="run")


def ended(step: str) -> Event:
    return StepFinished(step=step, result=StepResult(step, "succeeded", 1.0))


def layer(name: str, current: int, total: int) -> Event:
    return StepProgress(step="push", item=name, current=current, total=total, unit="bytes")


def test_before_the_first_step_it_says_that_it_checks() -> None:
    view = View()
    view.now = 1003.5
    view.tell(started("a"))
    assert view.screen.shown == ["hello, run r", "3 s  checking what the steps need"]
    view.tell(ChecksPassed(seconds=3.5))
    assert view.screen.shown == ["hello, run r", "3 s  0 of 1 step done"]


def test_lines_scroll_above_and_each_step_that_runs_has_a_row_below() -> None:
    view = View()
    view.tell(started("build", "push"), at_work("build"), at_work("push", 1002.0))
    view.now = 1065.0
    view.tell(StepOutput(step="build", line="one"), StepWaiting(step="push", what="the registry to answer"))
    assert view.screen.shown == [
        "hello, run r",
        "build ▶ run",
        "push  ▶ run",
        "build │ one",
        "push  … the registry to answer",
        "build ▶ 1 min 5 s run",
        "push ▶ 1 min 3 s the registry to answer",
        "1 min 5 s  0 of 2 steps done",
    ]


def test_a_step_that_ended_leaves_its_line_and_no_row() -> None:
    view = View()
    view.tell(started("a", "b"), at_work("a"), at_work("b"))
    view.tell(ended("a"))
    assert view.screen.shown[3:] == ["a ✓ 1.0 s", "b ▶ 0 s run", "0 s  1 of 2 steps done"]


def test_what_tests_found_stays_above_and_in_the_row_of_their_step() -> None:
    view = View()
    report = TestReport(total=2, passed=1, failed=1, seconds=1.5, cases=(TestCase(name="t", outcome="failed"),))
    view.tell(started("test"), at_work("test"), TestsReported(step="test", report=report))
    assert view.screen.shown[2:-1] == [
        "test ✗ 2 tests: 1 passed, 1 failed in 1.5 s",
        "test ✗ t failed",
        "test ▶ 0 s 2 tests: 1 passed, 1 failed in 1.5 s",
    ]


def test_at_the_end_nothing_of_the_region_is_left() -> None:
    view = View()
    view.tell(started("a"), at_work("a"), ended("a"))
    view.tell(RunFinished(exit_code=0, seconds=1.0))
    assert view.screen.shown == ["hello, run r", "a ▶ run", "a ✓ 1.0 s", "", "Done in 1.0 s: 1 succeeded."]


def test_layers_have_bars_with_units_and_those_that_are_done_have_none() -> None:
    view = View()
    view.tell(started("push"), at_work("push"), layer("3f4a", 1_300_000, 2_600_000), layer("77ab", 5, 5))
    bar = "━" * 9 + "╸"
    assert view.screen.shown[2:-1] == ["push ▶ 0 s run", f"    3f4a {bar:<19} 1.3 of 2.6 MB"]


def test_many_layers_are_one_bar() -> None:
    view = View()
    layers = [layer(f"layer{number}", 100 if number < 3 else 50, 100) for number in range(10)]
    view.tell(started("push"), at_work("push"), *layers)
    (row,) = view.screen.shown[3:-1]
    assert row.startswith("    3 of 10 done ━")
    assert row.endswith(" 0.7 of 1.0 kB")


def test_replicas_have_a_bar() -> None:
    view = View()
    replicas = StepProgress(step="push", item="Deployment hello", current=1, total=4, unit="replicas")
    view.tell(started("push"), at_work("push"), replicas)
    assert view.screen.shown[3].split("━")[0] == "    Deployment hello "
    assert view.screen.shown[3].endswith("1 of 4 replicas")


def test_a_total_that_is_not_known_has_no_bar() -> None:
    view = View()
    view.tell(started("push"), at_work("push"), layer("x", 4_200, 0))
    assert view.screen.shown[3] == "    x 4.2 kB"


def test_a_step_that_tries_again_starts_its_progress_anew() -> None:
    from cdkit.models.event import StepRetried

    view = View()
    view.tell(started("push"), at_work("push"), layer("x", 1, 2))
    view.tell(StepRetried(step="push", attempt=1, attempts=3, delay=1.0, reason="It does not answer."))
    assert view.screen.shown[-2:] == ["push ▶ 0 s attempt 2 of 3", "0 s  0 of 1 step done"]


@pytest.mark.parametrize("columns", [40, 25, 16])
def test_a_narrow_terminal_shows_rows_that_are_cut(columns: int) -> None:
    view = View(columns)
    long = StepWaiting(step="push", what="the registry to take all of the 12 layers of 日本語 " * 3)
    view.tell(started("push"), at_work("push"), layer("3f4a" * 10, 1_300_000, 2_600_000))
    before = view.screen.raw
    view.tell(long)
    for _ in range(3):
        view.tell()
    region = view.screen.shown[-3:]
    assert region[0].startswith("push ▶ 0 s")
    assert region[0].endswith("…")
    assert "0 s  0 of" in region[2]
    # Painting again and again leaves no second copy.
    assert sum(row.startswith("push ▶ 0 s") for row in view.screen.all) == 1
    assert len(view.screen.raw) > len(before)


def test_more_steps_than_fit_are_counted() -> None:
    view = View(rows=10)
    names = [f"s{number}" for number in range(20)]
    view.tell(started(*names), *map(at_work, names))
    assert view.screen.shown[-5:] == [
        "s0 ▶ 0 s run",
        "s1 ▶ 0 s run",
        "s2 ▶ 0 s run",
        "and 17 more",
        "0 s  0 of 20 steps done",
    ]


def test_what_a_child_prints_cannot_break_the_region() -> None:
    view = View()
    evil = "\x1b[2J\x1b[H\x1b[5A\x1b]0;title\x07\rover\x1b[?25l\x1b[?1049h\x9b2J\u202e"
    view.tell(started("push"), at_work("push"))
    view.tell(
        StepOutput(step="push", line=f"out {evil}"),
        StepWaiting(step="push", what=f"what {evil}\nmore"),
        StepProgress(step="push", item=f"[red]item {evil}", current=1, total=2, unit=f"unit{evil}"),
    )
    view.tell()
    assert view.screen.shown[:2] == ["hello, run r", "push ▶ run"]
    assert view.screen.shown[2].startswith("push │ out  over")
    assert sum(row.startswith("push ▶ 0 s what") for row in view.screen.all) == 1
    assert "[red]" in view.screen.shown[-2]
    assert not view.screen.cursor_is_hidden


def test_a_long_line_above_wraps_and_leaves_the_region_whole() -> None:
    view = View(30)
    view.tell(started("a"), at_work("a"))
    view.tell(StepOutput(step="a", line="x" * 70))
    view.tell(StepOutput(step="a", line="y"))
    assert view.screen.shown[2:] == [
        "a │ " + "x" * 26,
        "x" * 30,
        "x" * 14,
        "a │ y",
        "a ▶ 0 s run",
        "0 s  0 of 1 step done",
    ]


def test_the_region_follows_the_size_of_the_terminal() -> None:
    view = View(30)
    view.tell(started("a"), at_work("a"), StepWaiting(step="a", what="something that is long"))
    view.screen.resize(60, 12)
    view.console = view.console.__class__(view.screen, Wording(Style()), lambda: view.now, view.screen.size)
    view.tell(started("a"), at_work("a"), StepWaiting(step="a", what="something that is long"))
    assert view.screen.shown[-2] == "a ▶ 0 s something that is long"


def test_without_unicode_it_is_ascii() -> None:
    view = View(style=Style(unicode=False))
    view.screen.encoding = "ascii"  # type: ignore[misc]
    view.tell(started("push"), at_work("push"), layer("3f4a", 1, 2), StepWaiting(step="push", what="x" * 100))
    assert view.screen.raw.isascii()


def test_ten_thousand_lines_cost_a_few_paintings_and_come_in_order() -> None:
    view = View(rows=8)
    view.console.report(started("a"))
    for number in range(10_000):
        view.console.report(StepOutput(step="a", line=str(number)))
        view.console.flush()
    view.console.report(RunFinished(exit_code=0, seconds=1.0))
    view.console.flush()
    assert [row for row in view.screen.all if "│" in row] == [f"a │ {number}" for number in range(10_000)]
    assert view.screen.raw.count("checking what") < 10_000 / MOST_LINES + 500


def test_a_notice_takes_the_place_of_the_count() -> None:
    view = View()
    view.tell(started("a"), at_work("a"))
    view.console.notice("Stopping.")
    view.tell()
    assert view.screen.shown[-1] == "Stopping."


class Breaking(Screen):
    """A terminal that fails as soon as something is painted over."""

    def write(self, text: str) -> int:
        if "\x1b[" in text:
            raise ValueError("no such luck")
        return super().write(text)


def test_when_painting_fails_the_lines_come_plainly() -> None:
    screen = Breaking(60, 12)
    console = LiveConsole(screen, Wording(Style()), lambda: 1000.0, screen.size)
    console.report(started("a"))
    console.paint()
    console.report(at_work("a"))
    console.paint()
    console.report(ended("a"))
    console.flush()
    console.report(RunFinished(exit_code=0, seconds=1.0))
    console.flush()
    assert screen.shown[-4:] == ["a ▶ run", "a ✓ 1.0 s", "", "Done in 1.0 s: 1 succeeded."]


def test_closing_shows_what_still_waited_and_may_be_done_twice() -> None:
    view = View()
    view.tell(started("a"), at_work("a"))
    view.console.report(StepOutput(step="a", line="last"))
    view.console.close()
    view.console.close()
    assert view.screen.shown == ["hello, run r", "a ▶ run", "a │ last"]
    assert "live view" not in {thread.name for thread in threading.enumerate()}
