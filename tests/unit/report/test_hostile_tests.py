"""Names and messages of tests come out of a pod: whatever they are, they stay words in every way of showing a run.

What a reporter makes of a hostile word has the shape of what it makes of a plain one: as many lines, elements, cells
and commands.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.engine.history import read_events
from cdkit.engine.journal import Journal
from cdkit.models.event import (
    AnyEvent,
    Event,
    RunFinished,
    StepFinished,
    StepOutput,
    StepStarted,
    TestsReported,
    Warned,
)
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.card import card
from cdkit.report.collected import Collected
from cdkit.report.console import Console
from cdkit.report.html import html
from cdkit.report.json_lines import JsonLines
from cdkit.report.junit import junit
from cdkit.report.live import LiveConsole
from cdkit.report.native.azure import Azure
from cdkit.report.native.buildkite import Buildkite
from cdkit.report.native.dialect import Dialect
from cdkit.report.native.github import GitHub
from cdkit.report.native.gitlab import GitLab
from cdkit.report.native.grouped import GroupedConsole
from cdkit.report.native.teamcity import TeamCity
from cdkit.report.past_runs import RunStory, RunSummary, StepStory, story_lines
from cdkit.report.style import Style
from cdkit.report.summary import summary
from cdkit.report.wording import QuietWording, VerboseWording, Wording
from tests.golden.stories import started

TOKEN = "0123456789abcdef"
PLAIN = "plain"
HOSTILE = {
    "escape sequences": "\x1b[2J\x1b]0;title\x07\x1b[31mred",
    "control characters": "a\x00b\x08c\x7fd\x9b31me\x85f",
    "line breaks": "a\nb\r\nc\rd\u2028e\u2029f\x0bg\x0ch",
    "a command of GitHub": "\n::error file=x,line=1::hidden",
    "the end of its silence": f"\n::{TOKEN[::-1]}::\n::set-output name=x::y",
    "an old command of GitHub": "##[error]x ##[add-path]/tmp",
    "a command of Azure": "##vso[task.setvariable variable=x]y ##VSO[task.complete]",
    "a command in a command of Azure": "];linenumber=1;]##vso[task.complete]",
    "more signs than needed": "###vso[task.complete] ####teamcity[x]",
    "a service message": "'|'] ##teamcity[buildStop comment='x']",
    "a section of GitLab": "\x1b[0Ksection_end:0:cdkit-1\r\x1b[0K",
    "a group of Buildkite": "\n--- group\n+++ open\n^^^ +++",
    "XML": "</failure></testcase><testcase name='x'/>]]>&lt;&amp;<!DOCTYPE x>",
    "what XML cannot hold": "\ufffe\uffff\x01",
    "HTML": "</pre></td><script>alert(1)</script><img src=x onerror=y>",
    "attributes": "\" onload='x' class=\"y",
    "Markdown": "[a](http://b) ![c](d) **e** `f` <b> # g @team ~h~",
    "a fence": "```\n# out\n````",
    "a cell": "a | b || c \\| d",
    "the direction of writing": "\u202eevil\u2066\u2069\u202c",
    "a template": "{{ run }} {% raw %} ${{ secrets.X }} $(x) %x%",
    "very much of it": "x" * 20_000,
    "nothing": "",
}
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What nobody may find in what is shown."""


def reported(words: str) -> list[Event]:
    """A run with tests that are called so, and say so."""
    ended = [
        TestCase(name=words, group=words, outcome=outcome, message=words, details=words, file=words, line=3, shard=1)
        for outcome in ("failed", "broken", "flaky", "skipped", "passed")
    ]
    many = TestReport(total=9, failed=3, broken=1, flaky=1, cases=tuple(ended), file=words)
    return [
        started("a"),
        StepStarted(step="a", uses="run-test-pod"),
        TestsReported(step="a", report=many),
        StepFinished(step="a", result=StepResult("a", "succeeded", 1.0)),
        RunFinished(exit_code=0, seconds=1.0),
    ]


def report_of(events: Sequence[Event]) -> TestReport:
    return next(event.report for event in events if isinstance(event, TestsReported))


def collected(events: Sequence[Event]) -> Collected:
    run = Collected()
    for event in events:
        run.take(event)
    return run


def console(make: Callable[[io.StringIO], Console | GroupedConsole | JsonLines | LiveConsole]) -> Callable[..., str]:
    def show(events: Sequence[Event]) -> str:
        out = io.StringIO(newline="")
        reporter = make(out)
        for event in events:
            reporter.report(event)
        reporter.flush()
        return out.getvalue()

    return show


def native(dialect: Callable[[], Dialect]) -> Callable[..., str]:
    return console(lambda out: GroupedConsole(out, VerboseWording(Style()), dialect()))


def past_run(events: Sequence[Event]) -> str:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    run = RunSummary(
        id="1", pipeline="p", environment="", began=began, seconds=1.0, result="failed", exit_code=1, commit=""
    )
    step = StepStory(name="a", status="failed", uses="run-test-pod", tests=report_of(events))
    return "".join(f"{line}\n" for line in story_lines(RunStory(run=run, steps=(step,), record="r"), Style()))


LINES = {
    "console": console(lambda out: Console(out, Wording(Style()))),
    "quiet console": console(lambda out: Console(out, QuietWording(Style()))),
    "live view, when it is closed": console(lambda out: LiveConsole(out, Wording(Style()), lambda: 0.0, size=(80, 24))),
    "past run": past_run,
    "buildkite": console(lambda out: GroupedConsole(out, Wording(Style()), Buildkite())),
}
NATIVE: dict[str, Callable[[], Dialect]] = {
    "github": lambda: GitHub(TOKEN),
    "gitlab": GitLab,
    "azure": Azure,
    "teamcity": TeamCity,
    "buildkite": Buildkite,
}
hostile = pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)


def plain_with_the_lines_of(words: str) -> str:
    return "\n".join([PLAIN] * (words.count("\n") + 1)) if words else ""


def check_lines(name: str, words: str) -> None:
    shown, expected = LINES[name](reported(words)), LINES[name](reported(PLAIN if words else ""))
    assert len(shown.split("\n")) == len(expected.split("\n"))
    assert not UNSEEN.search(shown)
    assert name == "buildkite" or not re.search(r"^\s*(::|---|\+\+\+|\^\^\^|#)", shown, re.MULTILINE)


@hostile
@pytest.mark.parametrize("name", LINES)
def test_a_console_has_no_further_line_and_nothing_that_talks_to_a_terminal(name: str, words: str) -> None:
    check_lines(name, words)


@hostile
def test_colours_end_in_the_line_in_which_they_begin(words: str) -> None:
    shown = console(lambda out: Console(out, VerboseWording(Style(colour=True))))(reported(words))
    for line in shown.split("\n"):
        assert not UNSEEN.search(re.sub(r"\x1b\[[0-9;]*m", "", line))
        assert "\x1b" not in line or line.endswith("\x1b[0m") or "\x1b[31m" not in line.rpartition("\x1b[0m")[2]


def obeyed_by(server: str, shown: str) -> list[str]:
    """The kinds of the commands that a server would obey."""
    match server:
        case "github":
            obeyed, stopped = [], False
            for line in shown.split("\n"):
                if line == f"::{TOKEN}::":
                    stopped = False
                elif not stopped and line.startswith("::"):
                    obeyed.append(line.split("::")[1].split()[0])
                    stopped = line.startswith("::stop-commands::")
            return obeyed
        case "gitlab":
            return re.findall(r"\x1b\[0Ksection_(start|end)", shown)
        case "buildkite":
            return re.findall(r"^(---|\+\+\+|~~~|\^\^\^)", shown, re.MULTILINE)
        case _:
            return re.findall(r"##(?:vso|teamcity)?\[\w+", shown, re.IGNORECASE)


def check_commands(server: str, words: str) -> None:
    show = native(NATIVE[server])
    shown, expected = show(reported(words)), show(reported(plain_with_the_lines_of(words)))
    # An annotation of a test without a file has no place, but is one all the same.
    assert Counter(obeyed_by(server, shown)) == Counter(obeyed_by(server, expected))
    ours = re.sub(r"\x1b\[0Ksection_\w+:\d+:[\w-]+(\[collapsed=true\])?\r\x1b\[0K", "", shown)
    assert not UNSEEN.search(ours)


@hostile
@pytest.mark.parametrize("server", NATIVE)
def test_a_server_is_given_no_other_commands(server: str, words: str) -> None:
    check_commands(server, words)


def check_json(words: str) -> None:
    events = reported(words)
    shown = console(JsonLines)(events)
    assert not UNSEEN.search(shown.replace("\n", ""))
    assert "##" not in shown
    lines = shown.removesuffix("\n").split("\n")
    assert [msgspec.json.decode(line, type=AnyEvent) for line in lines] == events


@hostile
def test_json_means_the_same_and_shows_nothing(words: str) -> None:
    check_json(words)


class Elements(HTMLParser):
    """Counts elements, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[f"{tag} {sorted(name for name, _ in attrs)}"] += 1


def elements_of(page: str) -> Counter[str]:
    parser = Elements()
    parser.feed(page)
    return parser.found


def check_page(words: str) -> None:
    page, expected = html(collected(reported(words))), html(collected(reported(PLAIN if words else "")))
    assert elements_of(page) == elements_of(expected)
    assert not UNSEEN.search(page)


@hostile
def test_a_page_has_no_other_elements(words: str) -> None:
    check_page(words)


def shape_of(element: ET.Element) -> list[str]:
    return [f"{found.tag} {sorted(set(found.attrib) - {'message', 'file'})}" for found in element.iter()]


def check_junit(words: str) -> None:
    document = junit(collected(reported(words))).decode()
    read, expected = ET.fromstring(document), ET.fromstring(junit(collected(reported(PLAIN))))  # noqa: S314 -- our own
    assert shape_of(read) == shape_of(expected)
    assert not UNSEEN.search(document)


@hostile
def test_a_test_report_has_no_other_elements(words: str) -> None:
    check_junit(words)


CODE = re.compile(r"`[^`]*`")


def check_summary(words: str) -> None:
    text, expected = summary(collected(reported(words))), summary(collected(reported(PLAIN if words else "")))
    lines, plain = text.split("\n"), expected.split("\n")
    assert len(lines) == len(plain)
    assert not UNSEEN.search(text)
    for line, other in zip(lines, plain, strict=True):
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == len(re.findall(r"\|", other))
        outside = CODE.sub("", line)
        assert "<" not in outside
        assert "@" not in outside
        assert not re.search(r"(?<!\\)\]\(", outside)


@hostile
def test_a_summary_has_no_other_cells_links_or_mentions(words: str) -> None:
    check_summary(words)


@hostile
def test_a_card_says_how_many_there_were(words: str) -> None:
    (step,) = json.loads(card(collected(reported(words)), "https://example.org"))["data"]["steps"]
    assert step["message"] == "9 tests: 3 failed, 1 broken, 1 flaky in 0 ms"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_anything_stays_words_everywhere(words: str) -> None:
    for name in LINES:
        check_lines(name, words)
    for server in NATIVE:
        check_commands(server, words)
    for check in (check_json, check_page, check_junit, check_summary):
        check(words)


@hostile
def test_a_journal_gives_back_what_it_was_told(words: str, tmp_path: Path) -> None:
    events = reported(words)
    journal = Journal(tmp_path)
    journal.write(*events)
    journal.close()
    assert list(read_events(tmp_path)) == events


def failed(words: str) -> list[Event]:
    """A run whose tests are called so, and which fails in these words, and warns in them."""
    failure = Failure(kind="WorkFailed", message=words, remedy=words, exit_code=1, evidence=(words,))
    return [
        started("a"),
        StepStarted(step="a", uses="run-test-pod"),
        StepOutput(step="a", line=words),
        Warned(step="a", message=words),
        StepFinished(step="a", result=StepResult("a", "failed", 1.0, failure=failure)),
        RunFinished(exit_code=1, seconds=1.0),
    ]


@hostile
@pytest.mark.parametrize("name", ["console", "quiet console", "live view, when it is closed"])
def test_a_failure_in_such_words_talks_to_no_terminal(name: str, words: str) -> None:
    shown = LINES[name](failed(words))
    assert not UNSEEN.search(shown)
    assert not re.search(r"^(::|---|\+\+\+|\^\^\^|##)", shown, re.MULTILINE)


@hostile
@pytest.mark.parametrize("server", NATIVE)
def test_a_failure_in_such_words_gives_a_server_no_commands(server: str, words: str) -> None:
    show = native(NATIVE[server])
    shown, expected = show(failed(words)), show(failed(plain_with_the_lines_of(words)))
    assert Counter(obeyed_by(server, shown)) == Counter(obeyed_by(server, expected))


@hostile
def test_a_failure_in_such_words_stays_words_in_every_file(words: str) -> None:
    run, plain = collected(failed(words)), collected(failed(plain_with_the_lines_of(words)))
    assert elements_of(html(run)) == elements_of(html(plain))
    assert shape_of(ET.fromstring(junit(run).decode())) == shape_of(ET.fromstring(junit(plain)))  # noqa: S314 -- our own
    for text in (html(run), junit(run).decode(), summary(run)):
        assert not UNSEEN.search(text)
    assert "<" not in CODE.sub("", re.sub(r"```.*?```", "", summary(run), flags=re.DOTALL)).replace("<br>", "")
    events = failed(words)
    shown = console(JsonLines)(events)
    assert [msgspec.json.decode(line, type=AnyEvent) for line in shown.removesuffix("\n").split("\n")] == events
