"""A run as JUnit XML: every step a test case, so that any server's page of tests shows which step failed, and why.

The tests of a step are a suite of its name, beside that of the steps.
https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from cdkit.models.junit import junit_suite, xml_text
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestReport
from cdkit.report.collected import Collected


def junit(run: Collected) -> bytes:
    """The document, in UTF-8."""
    steps = _steps(run)
    tests = [_tests(step, report) for step, report in run.tests.items()]
    suites = Element("testsuites", {**steps.attrib, **_sums([steps, *tests])} if tests else steps.attrib)
    suites.extend([steps, *tests])
    return bytes(tostring(suites, encoding="utf-8", xml_declaration=True))


def _steps(run: Collected) -> Element:
    failed = sum(_is_failure(result) for result in run.results)
    skipped = sum(result.status in {"skipped", "cancelled"} for result in run.results)
    counts = {"tests": str(len(run.results)), "failures": str(failed), "skipped": str(skipped)}
    suite = Element("testsuite", {"name": xml_text(run.pipeline), "time": f"{run.seconds:.3f}", **counts})
    for result in run.results:
        _case(suite, run, result)
    if run.failure is not None:
        _failed(SubElement(suite, "testcase", classname=xml_text(run.pipeline), name="run"), run.failure)
    return suite


def _tests(step: str, report: TestReport) -> Element:
    suite = junit_suite(step, report.cases)
    if report.total > len(report.cases):
        more = f"{report.total - len(report.cases)} more tests are in {report.file or 'the report of the step'}."
        SubElement(suite, "system-out").text = xml_text(more)
    return suite


def _sums(suites: Sequence[Element]) -> dict[str, str]:
    names = ("tests", "failures", "errors", "skipped")
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in names}


def _case(suite: Element, run: Collected, result: StepResult) -> None:
    case = SubElement(
        suite, "testcase", classname=xml_text(run.pipeline), name=xml_text(result.step), time=f"{result.seconds:.3f}"
    )
    if _is_failure(result) and result.failure is not None:
        _failed(case, result.failure)
    elif result.status in {"skipped", "cancelled"}:
        SubElement(case, "skipped", message=xml_text(result.reason or result.status))


def _failed(case: Element, failure: Failure) -> None:
    told = SubElement(case, "failure", type=xml_text(failure.cause or failure.kind), message=xml_text(failure.message))
    told.text = xml_text("\n".join([failure.message, failure.remedy, *failure.evidence]))


def _is_failure(result: StepResult) -> bool:
    return result.status == "failed" and not result.tolerated
