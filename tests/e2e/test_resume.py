"""A run that is killed at any moment can be gone on with, and no finished step runs twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections import Counter

import yaml

from .conftest import Project

STEPS = 30
KILLS = 100 if os.environ.get("CDKIT_SOAK") else 5
WHOLE_RUN = 1.2
"""About the seconds that the whole run takes; kills fall anywhere in it, and a little later."""


def pipeline() -> str:
    """Three chains of ten steps; each step notes that it ran, and works for a moment."""
    steps = {}
    for number in range(STEPS):
        step = {"uses": "run", "with": {"script": f"echo s{number} >> ran; sleep 0.02"}}
        if number >= 3:
            step["needs"] = [f"s{number - 3}"]
        steps[f"s{number}"] = step
    return yaml.safe_dump({"name": "killed", "steps": steps})


def finished_steps(project: Project) -> set[str]:
    """The steps that the last journal says have finished; every line but the last must be whole."""
    runs = sorted((project.folder / ".cdkit" / "runs").glob("*/events.jsonl"))
    if not runs:
        return set()
    lines = runs[-1].read_text().splitlines()
    events = [json.loads(line) for line in lines[:-1]]
    try:
        events.append(json.loads(lines[-1]))
    except (json.JSONDecodeError, IndexError):
        events.append({"type": "torn"})
    return {
        event["step"]
        for event in events
        if event["type"] == "step-finished" and event["result"]["status"] == "succeeded"
    }


def has_begun(project: Project) -> bool:
    """Whether the run came as far as to say so."""
    journals = list((project.folder / ".cdkit" / "runs").glob("*/events.jsonl"))
    return any(path.read_bytes().count(b"\n") for path in journals)


def times_ran(project: Project) -> Counter[str]:
    """How often each step ran."""
    ran = project.folder / "ran"
    return Counter(ran.read_text().split()) if ran.exists() else Counter()


def test_two_runs_in_one_checkout_do_not_disturb_each_other(project: Project) -> None:
    project.write(pipeline())
    first, second = project.start("run"), project.start("run")
    assert project.finish(first).code == 0
    assert project.finish(second).code == 0
    assert set(times_ran(project).values()) == {2}
    journals = sorted((project.folder / ".cdkit" / "runs").glob("*/events.jsonl"))
    assert len(journals) == 2
    for path in journals:
        finished = [
            event for event in map(json.loads, path.read_text().splitlines()) if event["type"] == "step-finished"
        ]
        assert len(finished) == STEPS


def test_a_killed_run_goes_on_where_it_was_soak(project: Project) -> None:
    moments = random.Random(20260101)
    project.write(pipeline())
    for _ in range(KILLS):
        process = project.start("run")
        time.sleep(moments.uniform(0.2, WHOLE_RUN))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        finished = finished_steps(project)
        before = times_ran(project)

        resumed = project.cdkit("run", "--resume") if has_begun(project) else project.cdkit("run")
        assert resumed.code == 0, resumed.text
        after = times_ran(project)
        assert {step: after[step] for step in finished} == {step: before[step] for step in finished}
        assert len(after) == STEPS
        (project.folder / "ran").unlink()
        shutil.rmtree(project.folder / ".cdkit")
