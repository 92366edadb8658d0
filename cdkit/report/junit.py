"""A run as JUnit XML: every step a test case, so that any server's page of tests shows which step failed, and why.

https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from cdkit.models.result import Failure, StepResult
from cdkit.report.collected import Collected
from cdkit.report.style import Style

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = Style()


def junit(run: Collected) -> bytes:
    """The document, in UTF-8."""
    failed = sum(_is_failure(result) for result in run.results)
    skipped = sum(result.status in {"skipped", "cancelled"} for result in run.results)
    counts = {"tests": str(len(run.results)), "failures": str(failed), "skipped": str(skipped)}
    attributes = {"name": _text(run.pipeline), "time": f"{run.seconds:.3f}", **counts}
    suites = Element("testsuites", attributes)
    suite = SubElement(suites, "testsuite", attributes)
    for result in run.results:
        _case(suite, run, result)
    if run.failure is not None:
        _failed(SubElement(suite, "testcase", classname=_text(run.pipeline), name="run"), run.failure)
    return bytes(tostring(suites, encoding="utf-8", xml_declaration=True))


def _case(suite: Element, run: Collected, result: StepResult) -> None:
    case = SubElement(
        suite, "testcase", classname=_text(run.pipeline), name=_text(result.step), time=f"{result.seconds:.3f}"
    )
    if _is_failure(result) and result.failure is not None:
        _failed(case, result.failure)
    elif result.status in {"skipped", "cancelled"}:
        SubElement(case, "skipped", message=_text(result.reason or result.status))


def _failed(case: Element, failure: Failure) -> None:
    told = SubElement(case, "failure", type=_text(failure.cause or failure.kind), message=_text(failure.message))
    told.text = _text("\n".join([failure.message, failure.remedy, *failure.evidence]))


def _is_failure(result: StepResult) -> bool:
    return result.status == "failed" and not result.tolerated


def _text(words: str) -> str:
    """Words without what XML cannot hold and what would talk to a terminal."""
    lines = [_PLAIN.harmless(line) for line in words.split("\n")]
    return _NOT_IN_XML.sub("", "\n".join(lines))
