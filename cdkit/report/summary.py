"""The summary of a run in Markdown: what failed and why first, then every step, then what came out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cdkit.models.duration import Duration
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.amounts import facts
from cdkit.report.collected import Collected
from cdkit.report.style import Style
from cdkit.report.tests import counts, ending, left_out, noteworthy, place, title

LARGEST = 1_000_000
"""Bytes. GitHub drops a summary of more than 1 MiB as a whole."""

MOST_EVIDENCE = 40
"""Lines; the log has all."""

MOST_TESTS = 50
"""Tests of a step that are shown each by itself."""

LONGEST_MESSAGE = 300
"""Characters of what a test says, in a table."""

_PLAIN = Style()
_SIGNS = {"succeeded": "✅", "failed": "❌", "cancelled": "⏹️", "skipped": "⏭️"}
_CANCELLED = (130, 143)
_BARE_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
"""One that no backslash of somebody else's escapes already: of two, the first escapes the second."""

_MARKS = frozenset("\\`*_{}[]()#+!|~")


def summary(run: Collected, largest: int = LARGEST) -> str:
    """The summary; what does not fit is left out from the end, and said to be.

    Args:
        run: the run, ended.
        largest: bytes of UTF-8 that it may have.
    """
    kept: list[str] = []
    room = largest - len(_LEFT_OUT.encode())
    for part in _parts(run):
        room -= len(part.encode()) + 1
        if room < 0:
            kept.append(_LEFT_OUT)
            break
        kept.append(part)
    return "\n".join(kept) + "\n"


_LEFT_OUT = "*More than fits here: the log of the job and the run's journal have all of it.*"


def _parts(run: Collected) -> Iterator[str]:
    yield _head(run)
    if run.failure:
        yield _failed("The run", run.failure)
    for result in run.results:
        if result.status == "failed" and result.failure and not result.tolerated:
            yield _failed(f"`{_code(result.step)}`", result.failure)
    for step, report in run.tests.items():
        yield from _tests(step, report)
    if run.results:
        yield "| | Step | | |\n|---|---|---|---|"
        yield from (_row(result, run.uses.get(result.step, "")) for result in run.results)
        yield ""
    if run.warnings:
        yield "**Warnings**\n"
        yield from (f"- {f'`{_code(step)}`: ' if step else ''}{_text(message)}" for step, message in run.warnings)
        yield ""
    for step, outputs in run.outputs.items():
        yield f"<details><summary>Outputs of <code>{_text(step)}</code></summary>\n"
        yield from (f"- `{_code(name)}`: `{_code(value)}`" for name, value in facts(outputs))
        yield "\n</details>\n"


def _head(run: Collected) -> str:
    word = "done" if run.exit_code == 0 else "cancelled" if run.exit_code in _CANCELLED else "failed"
    where = f" to {_text(run.environment)}" if run.environment else ""
    code = f", exit code {run.exit_code}" if run.exit_code else ""
    sign = {"done": "✅", "failed": "❌", "cancelled": "⏹️"}[word]
    return f"### {sign} {_text(run.pipeline)}{where}: {word} in {Duration(run.seconds)}{code}\n"


def _failed(whose: str, failure: Failure) -> str:
    cause = f" (`{_code(failure.cause)}`)" if failure.cause else ""
    lines = [f"**{whose} failed**{cause}: {_text(failure.message)}", "", f"*What to do:* {_text(failure.remedy)}", ""]
    if failure.evidence:
        lines += _fenced(failure.evidence)
    return "\n".join(lines)


def _tests(step: str, report: TestReport) -> Iterator[str]:
    yield f"**`{_code(step)}`**: {_text(counts(report))}\n"
    shown = noteworthy(report, MOST_TESTS)
    if shown:
        yield "| | Test | Where | |\n|---|---|---|---|"
        yield from map(_test_row, shown)
        yield f"\n{_text(more)}\n" if (more := left_out(report, shown)) else ""


def _test_row(case: TestCase) -> str:
    message = case.message if len(case.message) <= LONGEST_MESSAGE else f"{case.message[:LONGEST_MESSAGE]}..."
    told = f"{ending(case)}: {message}" if case.attempts or not message else message
    sign = "❌" if case.has_failed else "⚠️"
    return f"| {sign} | `{_code(title(case))}` | {_text(place(case))} | {_text(told)} |"


def _fenced(evidence: Sequence[str]) -> list[str]:
    """Lines as they are; the fence is longer than any that stands in them."""
    shown = [_PLAIN.harmless(line) for line in evidence[:MOST_EVIDENCE]]
    if len(evidence) > MOST_EVIDENCE:
        shown.append(f"... and {len(evidence) - MOST_EVIDENCE} more lines")
    fence = "```"
    while any(fence in line for line in shown):
        fence += "`"
    return [f"{fence}text", *shown, fence, ""]


def _row(result: StepResult, uses: str) -> str:
    tolerated = " (tolerated)" if result.tolerated else ""
    told = _text(result.reason) if result.status == "skipped" else str(Duration(result.seconds))
    sign = "⚠️" if result.tolerated else _SIGNS[result.status]
    return f"| {sign} | `{_code(result.step)}` | {_text(uses)} | {told}{tolerated} |"


def _text(words: str) -> str:
    """Somebody's words as text of Markdown, in which nothing is a link, a picture, HTML, a table or a mention."""
    escaped = _PLAIN.harmless(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = "".join(f"\\{letter}" if letter in _MARKS else letter for letter in escaped)
    return quoted.replace("@", "&#64;")


def _code(words: str) -> str:
    """Somebody's words between backquotes, in a table too."""
    return _BARE_PIPE.sub(r"\1\\|", _PLAIN.harmless(str(words)).replace("`", "'")) or " "
