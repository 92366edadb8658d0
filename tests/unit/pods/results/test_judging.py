"""What fails a step of what its tests reported, and how it is said."""

from __future__ import annotations

from cdkit.api import TestCase
from cdkit_pods.results import (
    BrokenFile,
    OtherFile,
    Reading,
    failed_tests,
    no_tests,
    report_of,
    reports_broken,
)


def test_failing_tests_are_named_with_their_messages() -> None:
    cases = [TestCase(name=f"t{number}", group="g", outcome="failed", message=f"no {number}") for number in range(25)]
    error = failed_tests(report_of([*cases, TestCase(name="fine")], ".cdkit/report.xml"))
    assert error is not None
    assert error.message == "25 of 26 tests failed: g::t0, g::t1, g::t2 and 22 more."
    assert error.evidence[0] == "g::t0: no 0"
    assert error.evidence[-1] == "... and 5 more"
    assert ".cdkit/report.xml" in error.remedy
    assert error.exit_code == 1


def test_tests_that_passed_in_the_end_fail_nothing() -> None:
    assert failed_tests(report_of([TestCase(name="a", outcome="flaky"), TestCase(name="b", outcome="skipped")])) is None


def test_no_test_at_all_is_told_with_what_was_looked_for() -> None:
    patterns = ("**/*.xml",)
    told = {
        Reading(): "no file of the artifacts matches **/*.xml.",
        Reading(files=("a.xml",)): "No tests were run: a.xml holds none.",
        Reading(others=(OtherFile("c.xml", "coverage"),)): "none is JUnit XML, but c.xml (<coverage>).",
    }
    for reading, words in told.items():
        error = no_tests(reading, patterns)
        assert error is not None
        assert error.message.endswith(words)
        assert error.exit_code == 1
    assert no_tests(Reading(cases=(TestCase(name="a"),)), patterns) is None


def test_a_broken_report_is_the_worlds_fault_and_named_with_its_line() -> None:
    error = reports_broken(Reading(broken=(BrokenFile("a.xml", 7, "It is not XML."), BrokenFile("b.xml", 0, "Empty."))))
    assert error is not None
    assert "a.xml, line 7: It is not XML. So it is with 1 more." in error.message
    assert (error.exit_code, error.cause) == (4, "report-unreadable")
    assert error.evidence == ("b.xml: Empty.",)
    assert reports_broken(Reading()) is None
