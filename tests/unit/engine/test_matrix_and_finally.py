"""Steps that run once for each combination, and steps that run at the end of every run."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from cdkit.engine.messages import Interrupted
from cdkit.errors import InvalidInput, WorkFailed
from cdkit.step import StepContext
from tests.unit.engine.runs import a_run, acting

MATRIX = """
  test:
    uses: act
    matrix: {python: ["3.11", 3.10], os: [linux, "mac os"]}
    with: {text: "${{ matrix.python }} on ${{ matrix.os }}"}
  after:
    uses: act
    with: {text: "${{ steps.test.text | join(', ') }}"}
"""


def test_a_step_runs_once_for_each_combination_and_hands_on_lists(tmp_path: Path) -> None:
    result = a_run(tmp_path, MATRIX).execute()
    assert list(result.steps) == ["test-3.11-linux", "test-3.11-mac-os", "test-3.10-linux", "test-3.10-mac-os", "after"]
    assert result.steps["after"].outputs["text"] == "3.11 on linux, 3.11 on mac os, 3.10 on linux, 3.10 on mac os"


def test_no_more_combinations_run_at_once_than_allowed(tmp_path: Path) -> None:
    at_once, most, lock = 0, 0, threading.Lock()
    pause = threading.Event()

    def run(_: StepContext) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        pause.wait(0.02)
        with lock:
            at_once -= 1

    kind = acting(runs={f"a-{number}": run for number in range(6)})
    steps = "  a: {uses: act, matrix: {n: [0, 1, 2, 3, 4, 5]}, max-parallel: 2}\n"
    result = a_run(tmp_path, steps, kind).execute(jobs=6)
    assert [step.status for step in result.steps.values()] == ["succeeded"] * 6
    assert most == 2


def test_a_matrix_of_too_many_combinations_is_refused(tmp_path: Path) -> None:
    numbers = list(range(20))
    with pytest.raises(InvalidInput, match="one problem"):
        a_run(tmp_path, f"  a: {{uses: act, matrix: {{a: {numbers}, b: {numbers}}}}}\n")


FINALLY = """
steps:
  first: {uses: act}
  second: {uses: act, needs: [first], with: {text: done}}
finally:
  tidy: {uses: act, with: {text: "${{ run.status }}, ${{ steps.second.text | default('nothing') }}"}}
  last: {uses: act, needs: [tidy]}
"""


@pytest.mark.parametrize(
    ("failing", "told", "code"), [(False, "succeeded, done", 0), (True, "failed, nothing", 1)], ids=["well", "badly"]
)
def test_final_steps_run_however_the_others_ended(tmp_path: Path, failing: bool, told: str, code: int) -> None:
    def run(_: StepContext) -> None:
        if failing:
            raise WorkFailed("no")

    result = a_run(tmp_path, FINALLY, acting(runs={"first": run})).execute()
    assert result.exit_code == code
    assert result.steps["tidy"].outputs["text"] == told
    assert result.steps["last"].status == "succeeded"


def test_final_steps_run_after_an_interruption(tmp_path: Path) -> None:
    def run(ctx: StepContext) -> None:
        stop = threading.Event()
        ctx.cancellation.on_cancel(stop.set)
        ours.inbox.put(Interrupted(15))
        assert stop.wait(10)
        ctx.cancellation.raise_if_cancelled()

    ours = a_run(tmp_path, FINALLY, acting(runs={"first": run}))
    result = ours.execute()
    assert result.exit_code == 143
    assert result.steps["tidy"].outputs["text"] == "cancelled, nothing"


def test_a_final_step_that_fails_fails_the_run_and_stops_no_other(tmp_path: Path) -> None:
    def fail(_: StepContext) -> None:
        raise WorkFailed("no")

    steps = "steps:\n  a: {uses: act}\nfinally:\n  b: {uses: act}\n  c: {uses: act}\n"
    result = a_run(tmp_path, steps, acting(runs={"b": fail})).execute(jobs=1)
    assert result.exit_code == 1
    assert result.steps["c"].status == "succeeded"


def test_a_step_cannot_depend_on_a_final_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        a_run(tmp_path, "steps:\n  a: {uses: act, needs: [b]}\nfinally:\n  b: {uses: act}\n")
    assert "'a' needs 'b', which is not a step of this file" in str(raised.value.evidence)
