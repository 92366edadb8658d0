"""A plan as Markdown, for the comment of a pull request.

Names and values are somebody else's: they stand in code, where they are neither markup nor a mention.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Sequence

import msgspec

from cdkit.models.change import Action, Change
from cdkit.report.field_lines import field_lines
from cdkit.report.plan import Plan, PlannedStep
from cdkit.report.preview import WORDS, WOULD_FAIL
from cdkit.report.style import Style

LONGEST = 60_000
"""Characters of the whole; GitHub takes 65,536 in a comment."""

_NOTE = "\n_%d parts are too long for here; `cdkit plan` shows them._\n"

_PLAIN = Style()
_DETAILS = {True: "the difference", False: "why"}
_COUNTED: tuple[Action, ...] = ("create", "update", "replace", "delete")


class Part(msgspec.Struct, frozen=True):
    """A piece of the page: with all its details, and in short for where these do not fit."""

    whole: str
    short: str


def plan_markdown(plan: Plan) -> str:
    """The plan, at most `LONGEST` characters of it; what is left out is said."""
    head = f"### {_title(plan)}\n"
    parts = [part for step in plan.steps for part in _step_parts(step)]
    parts += [_short(f"\nA run would need more: {_code(missing)}\n") for missing in plan.missing]
    shown = _fitting(parts, LONGEST - len(head) - len(_NOTE) - len(str(len(parts))))
    left_out = sum(text != part.whole for text, part in zip(shown, parts, strict=True))
    return f"{head}{''.join(shown)}{_NOTE % left_out if left_out else ''}"


def _fitting(parts: Sequence[Part], room: int) -> list[str]:
    """As much as fits: first every part in short, and then the details of one after the other."""
    shown = []
    for part in parts:
        shown.append(part.short if len(part.short) <= room else "")
        room -= len(shown[-1])
    for index, part in enumerate(parts):
        more = len(part.whole) - len(shown[index])
        if shown[index] and more <= room:
            shown[index] = part.whole
            room -= more
    return shown


def _title(plan: Plan) -> str:
    where = f" for {_code(plan.environment)}" if plan.environment else ""
    counts = [f"{plan.counts[action]} to {action}" for action in _COUNTED if plan.counts.get(action)]
    otherwise = "something would change" if plan.changes_something else "nothing would change"
    doom = ", and a run would fail" if plan.is_doomed else ""
    return f"Plan of {_code(plan.pipeline)}{where}: {', '.join(counts) or otherwise}{doom}"


def _step_parts(step: PlannedStep) -> Iterator[Part]:
    yield _short(f"\n**{html.escape(step.step)}** ({_code(step.uses)})\n\n")
    if step.skipped:
        yield _short(f"- skip: {_code(step.skipped)}\n")
        return
    yield from (_change_part(change) for change in step.changes if change.action != "keep")
    if kept := sum(change.action == "keep" for change in step.changes):
        yield _short(f"- {kept} of {len(step.changes)} would stay as they are\n")
    for failure in step.failures:
        yield _short(f"- **{WOULD_FAIL}**: {_code(failure)}\n")


def _change_part(change: Change) -> Part:
    word = WORDS.get(change.action, change.action)
    reason = f": {_code(change.reason)}" if change.reason else ""
    short = f"- **{word}** {_code(change.subject)}{reason}\n"
    lines = [f"  {_PLAIN.harmless(detail)}" for detail in change.details]
    lines += [f"{line.sign} {_PLAIN.harmless(line.text)}" for line in field_lines(change.fields)]
    if not lines:
        return _short(short)
    body = "\n".join(lines)
    fence = "`" * max(3, 1 + _longest_run(body))
    # Inside a list item, so that the block ends with it; a blank line makes Markdown of what is inside of HTML.
    block = (
        f"<details><summary>{_DETAILS[bool(change.fields)]}</summary>\n\n{fence}diff\n{body}\n{fence}\n\n</details>\n\n"
    )
    return Part(f"{short}{textwrap.indent(block, '  ')}", short)


def _short(text: str) -> Part:
    return Part(text, text)


def _code(text: str) -> str:
    """Text as a code span. https://spec.commonmark.org/0.31.2/#code-spans."""
    line = _PLAIN.harmless(text)
    fence = "`" * (1 + _longest_run(line))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)
