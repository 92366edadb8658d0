"""Tests as JUnit XML, in the dialect that most servers read: Surefire's, which knows flaky tests too.

https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cdkit.models.plain_text import plain_line, plain_text
from cdkit.models.test_report import Outcome, TestCase

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Compiled when the first report is written: that takes 3 ms, and most runs write none.
_NOT_IN_XML = r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_ELEMENTS: Mapping[Outcome, str] = {"failed": "failure", "broken": "error"}
_RERUNS: Mapping[Outcome, str] = {"failed": "rerunFailure", "broken": "rerunError"}
_FLAKES: Mapping[Outcome, str] = {"failed": "flakyFailure", "broken": "flakyError"}


def junit_suite(name: str, cases: Iterable[TestCase]) -> Element:
    """Tests as a `testsuite`, with its counts.

    Args:
        name: of the suite.
        cases: the tests in it.
    """
    from xml.etree.ElementTree import Element

    known = tuple(cases)
    suite = Element("testsuite", {"name": xml_line(name), **junit_counts(known)})
    for case in known:
        _add_case(suite, case)
    return suite


def junit_counts(cases: Iterable[TestCase]) -> dict[str, str]:
    """The attributes with which a suite, or a whole file, says how many tests it has. Flaky ones have passed."""
    count: Counter[Outcome] = Counter()
    seconds = 0.0
    for case in cases:
        count[case.outcome] += 1
        seconds += case.seconds
    return {
        "tests": str(count.total()),
        "failures": str(count["failed"]),
        "errors": str(count["broken"]),
        "skipped": str(count["skipped"]),
        "time": f"{seconds:.3f}",
    }


def xml_line(words: str) -> str:
    """Words as one line without what XML cannot hold and what would talk to a terminal."""
    return re.sub(_NOT_IN_XML, "", plain_line(words))


def xml_text(words: str) -> str:
    """The same of text of several lines."""
    return re.sub(_NOT_IN_XML, "", plain_text(words))


def _add_case(suite: Element, case: TestCase) -> None:
    from xml.etree.ElementTree import SubElement

    place = {"file": xml_line(case.file), "line": str(case.line or "")}
    named = {"classname": xml_line(case.group), "name": xml_line(case.name), "time": f"{case.seconds:.3f}"}
    element = SubElement(suite, "testcase", named | {name: value for name, value in place.items() if value})
    told = {"message": xml_line(case.message)} if case.message else {}
    match case.outcome:
        case "failed" | "broken":
            SubElement(element, _ELEMENTS[case.outcome], told).text = xml_text(case.details)
            _add_attempts(element, case.attempts[:-1], _RERUNS)
        case "flaky":
            _add_attempts(element, case.attempts, _FLAKES, told, xml_text(case.details))
        case "skipped":
            SubElement(element, "skipped", told)


def _add_attempts(
    element: Element,
    attempts: Iterable[Outcome],
    names: Mapping[Outcome, str],
    told: Mapping[str, str] = {},
    details: str = "",
) -> None:
    """An element for each attempt that failed; what is said of it stands in the first."""
    from xml.etree.ElementTree import SubElement

    failed = [names[outcome] for outcome in attempts if outcome in names]
    for number, name in enumerate(failed):
        attempt = SubElement(element, name, dict(told) if number == 0 else {})
        if details and number == 0:
            SubElement(attempt, "stackTrace").text = details
