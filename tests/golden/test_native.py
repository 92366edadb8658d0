"""What a build server is shown is a contract: groups, annotations, and nothing of anybody else's that it could obey."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from cdkit.models.event import Event, RunFinished, StepFinished, StepOutput, StepStarted, TestsReported, Warned
from cdkit.models.result import StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.native.azure import Azure
from cdkit.report.native.buildkite import Buildkite
from cdkit.report.native.dialect import Dialect
from cdkit.report.native.github import GitHub
from cdkit.report.native.gitlab import GitLab
from cdkit.report.native.grouped import GroupedConsole
from cdkit.report.native.teamcity import TeamCity
from cdkit.report.style import Style
from cdkit.report.wording import Wording
from cdkit.testing.pytest_plugin import Golden
from tests.golden.stories import CANCEL, FAILED, FAILURE, JOURNAL, SUCCESS, TESTS, TIMEOUT, started

HERE = Path(__file__).parent / "native"
TOKEN = "0123456789abcdef"
SERVERS = ("github", "gitlab", "azure", "teamcity", "buildkite")

EVIL = ("::error::hidden", f"::{TOKEN[::-1]}::", "##vso[task.complete]", "##[error]x", "##teamcity[buildStop]")
PARALLEL: list[Event] = [
    started("a", "b", "c"),
    StepStarted(step="a", uses="run"),
    StepStarted(step="b", uses="run"),
    StepOutput(step="b", line="b is behind"),
    StepOutput(step="a", line="a is in front"),
    *(StepOutput(step="a", line=line) for line in EVIL),
    Warned(step="b", message="b is not well, 100% sure: \x1b[31mred"),
    StepStarted(step="c", uses="run"),
    StepFinished(step="b", result=StepResult("b", "failed", 2.0, failure=FAILED)),
    StepOutput(step="a", line="a goes on"),
    StepOutput(step="c", line="c is behind"),
    StepFinished(step="a", result=StepResult("a", "succeeded", 3.0)),
    StepOutput(step="c", line="c is in front"),
    StepFinished(step="c", result=StepResult("c", "succeeded", 4.0)),
    RunFinished(exit_code=1, seconds=4.0),
]
STORIES = {
    "success": SUCCESS,
    "failure": FAILURE,
    "timeout": TIMEOUT,
    "cancel": CANCEL,
    "parallel": PARALLEL,
    "tests": TESTS,
}


def dialect(server: str) -> Dialect:
    dialects: dict[str, Dialect] = {
        "github": GitHub(TOKEN),
        "gitlab": GitLab(),
        "azure": Azure(),
        "teamcity": TeamCity(),
        "buildkite": Buildkite(),
    }
    return dialects[server]


def shown(server: str, events: Iterable[Event]) -> str:
    out = io.StringIO()
    console = GroupedConsole(out, Wording(Style(), JOURNAL), dialect(server))
    for event in events:
        console.report(event)
    return out.getvalue()


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("server", SERVERS)
def test_what_a_build_server_is_shown(server: str, story: str, golden: Golden) -> None:
    text = shown(server, STORIES[story]).replace("\x1b", "<ESC>").replace("\r", "<CR>")
    golden(str(HERE / f"{server}-{story}.txt"), text)


@pytest.mark.parametrize("server", SERVERS)
def test_every_line_of_every_step_is_shown_once_and_in_its_order(server: str) -> None:
    text = shown(server, PARALLEL)
    for step in ("a", "b", "c"):
        said = [event.line for event in PARALLEL if isinstance(event, StepOutput) and event.step == step]
        plain = [line.replace("# #", "##") for line in text.splitlines()]
        assert [line.partition("│ ")[2] for line in plain if line.startswith(f"{step} │")] == said


def test_github_obeys_nothing_that_a_step_prints() -> None:
    obeyed, stopped = [], False
    for line in shown("github", PARALLEL).splitlines():
        if line == f"::{TOKEN}::":
            stopped = False
        elif not stopped:
            obeyed.append(line)
            stopped = line.startswith("::stop-commands::")
    assert all(
        line.startswith(("::stop-commands::", "::group::", "::endgroup::", "::error ", "::warning ")) for line in obeyed
    )
    assert not any(evil in line for line in obeyed for evil in EVIL)


@pytest.mark.parametrize("server", ["azure", "teamcity"])
def test_a_server_that_reads_commands_anywhere_in_a_line_finds_only_ours(server: str) -> None:
    for line in shown(server, PARALLEL).splitlines():
        assert line.startswith("##") or "##vso[" not in line
        assert line.startswith("##") or "##[" not in line
        assert line.startswith("##") or "##teamcity[" not in line


def test_github_is_given_ten_notes_of_a_level_and_told_that_there_are_more() -> None:
    warnings: list[Event] = [Warned(message=f"number {number}") for number in range(30)]
    notes = [line for line in shown("github", [started(), *warnings]).splitlines() if line.startswith("::warning")]
    assert len(notes) == 10
    assert "more in the log" in notes[-1]


@pytest.mark.parametrize(("server", "most"), [("github", 7), ("azure", 50), ("teamcity", 0), ("buildkite", 0)])
def test_many_failing_tests_leave_room_for_the_note_on_their_step(server: str, most: int) -> None:
    cases = tuple(TestCase(name=f"t{number}", outcome="failed", message="no") for number in range(100))
    reported = TestsReported(step="a", report=TestReport(total=100, failed=100, cases=cases, file="all.xml"))
    failed = StepFinished(step="a", result=StepResult("a", "failed", 1.0, failure=FAILED))
    text = shown(server, [started("a"), StepStarted(step="a", uses="run-test-pod"), reported, reported, failed])
    notes = [line for line in text.splitlines() if line.startswith(("::error", "##vso[task.logissue"))]
    assert sum(": failed" in line or "::failed" in line for line in notes) == most
    assert not most or "`make test` ended with exit code 2." in notes[-1]
    assert "and 80 more in all.xml" in text


def test_a_secret_of_several_lines_is_hidden_line_by_line() -> None:
    assert dialect("github").hide("first\nsecond") == [
        "::add-mask::first%0Asecond",
        "::add-mask::first",
        "::add-mask::second",
    ]
    assert dialect("azure").hide("first\nsecond") == ["##vso[task.setsecret]first", "##vso[task.setsecret]second"]


def test_a_step_that_prints_a_million_letters_behind_another_is_kept_whole() -> None:
    many: list[Event] = [StepOutput(step="b", line="x" * 1000) for _ in range(1000)]
    story = [*PARALLEL[:3], *many, *PARALLEL[8:]]
    assert shown("gitlab", story).count("x" * 1000) == 1000
