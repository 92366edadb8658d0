"""What a case of a JUnit file means, whichever tool wrote it: how it ended, what is said of it, and where it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from cdkit.api import Outcome, TestCase, plain_line, plain_text
from cdkit_pods.results.excerpt import excerpt
from cdkit_pods.results.junit_xml import RawCase, RawResult
from cdkit_pods.results.places import Place, Places

LONGEST_NAME = 1000
LONGEST_MESSAGE = 1000
"""Characters."""

_OUTCOMES: Mapping[str, Outcome] = {"failure": "failed", "error": "broken", "skipped": "skipped", "ignored": "skipped"}
_EARLIER: Mapping[str, Outcome] = {
    "rerunFailure": "failed",
    "rerunError": "broken",
    "flakyFailure": "failed",
    "flakyError": "broken",
}
"""Further attempts at a test, as Surefire and Gradle tell of them (`rerunFailingTestsCount`, `mergeReruns`)."""

_FLAKY = frozenset({"flakyFailure", "flakyError"})
_STATUSES: Mapping[str, Outcome] = {
    "notrun": "skipped",
    "disabled": "skipped",
    "skipped": "skipped",
    "suppressed": "skipped",
    "ignored": "skipped",
    "pending": "skipped",
    "inconclusive": "skipped",
    "fail": "failed",
    "failed": "failed",
    "failure": "failed",
    "error": "broken",
    "errored": "broken",
}
"""Words in the attributes `status` and `result` of CTest, GoogleTest and others, for a case of which nothing else is
said."""

_EMPTY_WORDS = frozenset({"", "failed", "error", "failure", "true", "false"})
_HEADINGS_OF_GO = ("=== ", "--- ")


def case_of(raw: RawCase, places: Places, shard: int | None) -> TestCase:
    """A case as cdkit knows it.

    Args:
        raw: the case as its file has it.
        places: finds the file in the checkout.
        shard: of which shard.
    """
    outcome, attempts = _outcome(raw)
    group = _short(_group(raw), LONGEST_NAME)
    told = _told(raw) if outcome != "passed" else None
    details = _details(raw, told) if outcome != "skipped" else ""
    place = _place(raw, group, details, places) if outcome != "passed" else Place()
    return TestCase(
        name=_short(raw.attributes.get("name", ""), LONGEST_NAME) or "(without a name)",
        group=group,
        outcome=outcome,
        seconds=_seconds(raw.attributes),
        message=_message(raw, told, details),
        details=details,
        file=place.file,
        line=place.line,
        attempts=attempts,
        shard=shard,
    )


def _outcome(raw: RawCase) -> tuple[Outcome, tuple[Outcome, ...]]:
    """How a case ended, and each attempt at it when there were several."""
    kinds = [result.kind for result in raw.results]
    final = next((_OUTCOMES[kind] for kind in ("error", "failure", "skipped", "ignored") if kind in kinds), None)
    earlier = tuple(_EARLIER[kind] for kind in kinds if kind in _EARLIER)
    if final is None and _FLAKY.intersection(kinds):
        return "flaky", (*earlier, "passed")
    if final is None:
        final = earlier[-1] if earlier else _by_status(raw.attributes)
        return final, earlier if len(earlier) > 1 else ()
    return final, (final, *earlier) if earlier else ()


def _by_status(attributes: Mapping[str, str]) -> Outcome:
    for name in ("result", "status"):
        if outcome := _STATUSES.get(attributes.get(name, "").lower()):
            return outcome
    return "passed"


def _told(raw: RawCase) -> RawResult | None:
    """What is said of why it did not simply pass: the worst of all, and of equals the first."""
    order = ("error", "failure", *_EARLIER, "skipped", "ignored")
    return min(raw.results, key=lambda result: order.index(result.kind), default=None)


def _details(raw: RawCase, told: RawResult | None) -> str:
    if told is None:
        return ""
    text = plain_text(str(told.text)).strip("\n")
    if text.strip():
        return text
    # CTest says nothing but what the test printed.
    return plain_text(str(raw.output)).strip("\n") if told.kind != "skipped" else ""


def _message(raw: RawCase, told: RawResult | None, details: str) -> str:
    """The first line that says why, of the attribute that is there for it, else of the details."""
    if told is None:
        return ""
    lines = [*_lines(told.attributes.get("message", "")), *_lines(details), told.attributes.get("type", "")]
    says_why = (line for line in lines if not _says_nothing(line.strip(), raw.attributes.get("name", "")))
    return _short(next(says_why, next(filter(str.strip, lines), "")), LONGEST_MESSAGE)


def _lines(text: str) -> list[str]:
    return plain_text(text[: 4 * LONGEST_MESSAGE]).split("\n")


def _says_nothing(line: str, name: str) -> bool:
    """Whether a line only says that the test failed, as those of Go and Node.js, or which test it is, as PHPUnit's."""
    return line.lower() in _EMPTY_WORDS or line.startswith(_HEADINGS_OF_GO) or line.endswith(f"::{name}")


def _group(raw: RawCase) -> str:
    named = raw.attributes.get("classname") or raw.attributes.get("class")
    if named:
        return named
    names = [suite.get("name", "") for suite in raw.suites]
    return ".".join(dict.fromkeys(name for name in names if name))


def _place(raw: RawCase, group: str, details: str, places: Places) -> Place:
    suites = [suite["file"] for suite in reversed(raw.suites) if suite.get("file")]
    file = raw.attributes.get("file") or (suites[0] if suites else "")
    line = _whole(raw.attributes.get("line", ""))
    # pytest counts the lines of its `xunit1` from 0.
    is_pytest = any(suite.get("name") == "pytest" for suite in raw.suites)
    return places.of(file, line + 1 if is_pytest and raw.attributes.get("line") else line, group, details)


def _seconds(attributes: Mapping[str, str]) -> float:
    """Seconds; some tools write them as their country does."""
    text = attributes.get("time") or attributes.get("duration") or "0"
    if "." in text or re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", text):
        text = text.replace(",", "")
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else 0


def _short(text: str, longest: int) -> str:
    return excerpt(plain_line(text), longest).replace("\n", " ")
