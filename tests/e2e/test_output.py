"""Many steps print at once: no line is lost, torn, or said to be another step's."""

from __future__ import annotations

import json
import os

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
        assert [event["line"] for event in written] == lines
        for parity, stream in ((1, "stdout"), (0, "stderr")):
            assert [event["line"] for event in written if event["stream"] == stream] == expected(name, parity)
