"""Many steps print at once: no line is lost, torn, or said to be another step's."""

from __future__ import annotations

import json
import os
from itertools import zip_longest

from tests.e2e.conftest import Project

STEPS, LINES = (64, 10_000) if os.environ.get("CDKIT_SOAK") else (16, 2_000)
WORDS = "which is about as long as those of compilers"


def pipeline() -> str:
    """Each step prints numbered lines with its own name, on both streams in turn."""
    awk = (
        'BEGIN {{ for (i = 1; i <= {lines}; i++) print "{name} line " i " {words}" '
        '> (i % 2 ? "/dev/stdout" : "/dev/stderr") }}'
    )
    steps = {f"s{number:02}": awk.format(lines=LINES, words=WORDS, name=f"s{number:02}") for number in range(STEPS)}
    shown = {name: {"uses": "run", "with": {"command": ["awk", program]}} for name, program in steps.items()}
    return json.dumps({"name": "loud", "steps": shown})


def expected(name: str, parity: int) -> list[str]:
    return [f"{name} line {number} {WORDS}" for number in range(1, LINES + 1) if number % 2 == parity]


def first_difference(lines: list[str], wanted: list[str]) -> tuple[int, str | None, str | None] | None:
    """Where two lists part, with both lines; pytest would compare hundreds of thousands of lines letter by letter."""
    pairs = enumerate(zip_longest(lines, wanted))
    return next(((index, line, other) for index, (line, other) in pairs if line != other), None)


def test_every_line_of_every_step_is_in_stdout_and_in_the_journal_soak(project: Project) -> None:
    project.write(pipeline())
    ended = project.cdkit("run", "--jobs", str(STEPS))
    assert ended.code == 0
    shown = [line.split(" │ ", 1) for line in ended.out.splitlines() if " │ " in line]
    assert len(shown) == STEPS * LINES
    for number in range(STEPS):
        name = f"s{number:02}"
        lines = [text for step, text in shown if step == name]
        written = [event for event in ended.journal if event["type"] == "step-output" and event["step"] == name]
        assert first_difference([event["line"] for event in written], lines) is None
        for parity, stream in ((1, "stdout"), (0, "stderr")):
            said = [event["line"] for event in written if event["stream"] == stream]
            assert first_difference(said, expected(name, parity)) is None
