"""What is written when a run has ended: a summary, outputs, JUnit."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.models.event import Event, RunFinished, StepFinished, StepStarted, TestsReported, Warned
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.card import card, in_the_log
from cdkit.report.collected import AtTheEnd, Collected
from cdkit.report.handed_on import dotenv, github_output, named_outputs, result
from cdkit.report.html import html
from cdkit.report.junit import junit
from cdkit.report.summary import summary
from cdkit.testing.pytest_plugin import Golden
from tests.golden.stories import CANCEL, FAILURE, SUCCESS, TESTS, TIMEOUT, started

GOLDEN = Path(__file__).parents[2] / "golden" / "native"
STORIES = {"success": SUCCESS, "failure": FAILURE, "timeout": TIMEOUT, "cancel": CANCEL, "tests": TESTS}

CODE = re.compile(r"(`{3,})text\n.*?\n\1\n|`[^`]*`", re.DOTALL)
"""Code of Markdown, in which nothing is read: a fenced block, or a span."""

ELEMENTS = "html|head|meta|title|style|body|h1|h2|p|b|br|code|pre|span|table|tr|th|td|!doctype"
HOSTILE = re.compile(rf"<(?!/?(?:{ELEMENTS})\b|!doctype)")
"""An element that our page does not have."""

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [
        "::error::x",
        "`",
        "```",
        "|",
        "<img src=x>",
        "<script>",
        '"><a>',
        "[a](http://b)",
        "@team",
        "\x1b[31m",
        "]]>",
        "&amp;",
        "a\nb",
    ]
)


def collected(events: Iterable[Event]) -> Collected:
    run = Collected()
    for event in events:
        run.take(event)
    return run


def handing_on(**outputs: object) -> Collected:
    return collected([started("a"), StepFinished(step="a", result=StepResult("a", "succeeded", 1.0, outputs))])


@pytest.mark.parametrize("story", STORIES)
def test_the_summary_of_a_run(story: str, golden: Golden) -> None:
    golden(str(GOLDEN / f"summary-{story}.md"), summary(collected(STORIES[story])))


@pytest.mark.parametrize("story", STORIES)
def test_the_test_report_of_a_run(story: str, golden: Golden) -> None:
    golden(str(GOLDEN / f"junit-{story}.xml"), junit(collected(STORIES[story])).decode())


@pytest.mark.parametrize("story", STORIES)
def test_the_page_of_a_run(story: str, golden: Golden) -> None:
    golden(str(GOLDEN / f"page-{story}.html"), html(collected(STORIES[story])))


def failing(words: str) -> list[Event]:
    failure = Failure("WorkFailed", words, words, 1, cause=words, evidence=(words, words))
    return [
        started("a"),
        StepStarted(step="a", uses=words),
        Warned(step="a", message=words),
        StepFinished(step="a", result=StepResult("a", "failed", 1.0, failure=failure)),
        RunFinished(exit_code=1, seconds=1.0),
    ]


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_somebody_elses_words_stay_words(words: str) -> None:
    run = collected(failing(words))
    root = ET.fromstring(junit(run))  # noqa: S314 -- our own document
    assert [case.get("name") for case in root.iter("testcase")] == ["a"]
    assert HOSTILE.search(html(run)) is None
    text = summary(run)
    assert text.isprintable() or set(filter(lambda letter: not letter.isprintable(), text)) <= {"\n", "\t"} | {
        letter for letter in words if not letter.isprintable()
    }
    outside = CODE.sub("", text)
    assert "<img" not in outside
    assert "](http" not in outside.replace("\\]", "")


@pytest.mark.parametrize("largest", [200, 2000, 20_000])
def test_a_summary_is_never_larger_than_the_server_takes_and_failures_come_first(largest: int) -> None:
    steps = [f"step-{number}" for number in range(2000)]
    ends: list[Event] = [StepFinished(step=step, result=StepResult(step, "succeeded", 1.0)) for step in steps]
    text = summary(collected([started(*steps), *ends, *failing("It broke.")[1:]]), largest)
    assert len(text.encode()) <= largest + 1
    assert "More than fits here" in text
    if largest > 200:
        assert text.index("It broke") < text.index("| Step |")


def test_failing_tests_come_before_the_steps_and_are_shortened_first_by_number_then_by_length() -> None:
    cases = tuple(TestCase(name=f"t{number}", outcome="failed", message="m" * 900) for number in range(80))
    report = TestReport(total=80, failed=80, cases=cases, file="all.xml")
    text = summary(collected([started("a"), TestsReported(step="a", report=report), *failing("It broke.")[3:]]))
    assert text.count("| ❌ | `t") == 50
    assert "and 30 more in all.xml" in text
    assert "m" * 301 not in text
    assert text.index("It broke") < text.index("`t0`") < text.index("| Step |")


def test_tests_that_are_only_counted_are_said_to_be_in_the_report_of_the_step() -> None:
    report = TestReport(total=3, passed=2, failed=1, cases=(TestCase(name="t", outcome="failed"),), file="all.xml")
    root = ET.fromstring(junit(collected([started("a"), TestsReported(step="a", report=report)])))  # noqa: S314
    assert root.findtext("testsuite[@name='a']/system-out") == "2 more tests are in all.xml."
    assert root.get("failures") == "1"


def test_of_a_step_that_is_tried_again_the_last_tests_count() -> None:
    reports = [
        TestReport(total=1, failed=1, cases=(TestCase(name="t", outcome="failed"),)),
        TestReport(total=1, passed=1),
    ]
    events: list[Event] = [TestsReported(step="a", report=report) for report in reports]
    assert "1 test: 1 passed" in summary(collected([started("a"), *events]))


def test_outputs_have_names_of_their_own_and_all_stand_in_one() -> None:
    run = handing_on(image="r/hello@sha256:1", digest="sha256:1", tags=["a"], note="two\nlines")
    assert named_outputs(run)["image"] == "r/hello@sha256:1"
    assert json.loads(named_outputs(run)["outputs"])["a"]["note"] == "two\nlines"


def test_a_masked_output_is_left_out() -> None:
    named = named_outputs(handing_on(image="r/***", digest="sha256:1"))
    assert "image" not in named
    assert "***" not in named["outputs"]


def test_a_value_cannot_end_itself_in_the_file_of_outputs() -> None:
    text = github_output(handing_on(url="x\ndelimiter-of-nobody\ny<<z"), "random")
    assert text.splitlines()[:5] == ["url<<random", "x", "delimiter-of-nobody", "y<<z", "random"]


def test_a_file_of_variables_has_only_what_needs_no_quotes() -> None:
    run = handing_on(image="r/hello@sha256:1", note="two words", lines="a\nb", tags=["a"], replicas=3)
    assert dotenv(run) == "A_IMAGE=r/hello@sha256:1\nA_REPLICAS=3\n"


def test_a_file_of_variables_is_never_larger_than_gitlab_takes() -> None:
    run = handing_on(**{f"value{number}": "x" * 90 for number in range(200)})
    assert 4500 < len(dotenv(run)) <= 5120


def test_a_result_of_tekton_is_given_whole_or_not_at_all() -> None:
    run = handing_on(digest="sha256:1", url="https://example.org/" + "x" * 1000)
    assert result(run, "digest") == "sha256:1"
    assert result(run, "url") == result(run, "revision") == ""


def test_a_file_that_cannot_be_written_keeps_the_others_from_nothing() -> None:
    written = []

    def broken(_: Collected) -> None:
        raise PermissionError(13, "Permission denied")

    reporter = AtTheEnd([broken, lambda run: written.append(run.exit_code)])
    for event in SUCCESS[:-1]:
        reporter.report(event)
    with pytest.raises(PermissionError):
        reporter.report(SUCCESS[-1])
    assert written == [0]


def test_a_card_tells_of_the_run_and_its_template_uses_all_that_it_has() -> None:
    address = "https://example.org/drone-card.json"
    read = json.loads(card(collected(SUCCESS), address))
    assert read["schema"] == address
    template = (Path(__file__).parents[3] / "container" / "drone-card.json").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", template)) == set(read["data"]) | set(read["data"]["steps"][0])


def test_a_card_in_the_log_is_one_line_that_drone_can_read() -> None:
    line = in_the_log(b'{"data": "\n"}')
    assert line.startswith("\x1b]1338;")
    assert line.endswith("\x1b]0m\n")
    assert base64.b64decode(line[len("\x1b]1338;") : -len("\x1b]0m\n")]) == b'{"data": "\n"}'
