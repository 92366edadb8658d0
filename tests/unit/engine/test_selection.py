"""`--only`, `--from` and `--skip`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.engine.execute import execute
from cdkit.engine.selection import select
from cdkit.errors import InvalidInput
from tests.unit.engine.runs import a_run

STEPS = """
steps:
  a: {uses: act, with: {text: A}}
  b: {uses: act, with: {text: "${{ steps.a.text }}"}}
  c: {uses: act, needs: [b]}
  d: {uses: act, matrix: {n: [1, 2]}}
finally:
  z: {uses: act}
"""


def statuses(folder: Path, **chosen: object) -> dict[str, str]:
    run = a_run(folder, STEPS)
    selection = select(run.session.pipeline.steps, **chosen)  # type: ignore[arg-type]
    result = execute(run.session, run.inbox, jobs=1, selection=selection)
    return {name: step.status[:4] for name, step in result.steps.items()}


def test_only_runs_a_step_with_what_it_needs_and_the_final_ones(tmp_path: Path) -> None:
    assert statuses(tmp_path, only=["b"]) == {
        "a": "succ",
        "b": "succ",
        "c": "skip",
        "d-1": "skip",
        "d-2": "skip",
        "z": "succ",
    }


def test_a_matrix_is_named_as_a_whole_or_by_one_of_its_runs(tmp_path: Path) -> None:
    assert statuses(tmp_path, only=["d"])["d-2"] == "succ"
    assert statuses(tmp_path, only=["d-1"])["d-2"] == "skip"


def test_who_reads_a_skipped_step_is_skipped_and_who_only_follows_runs(tmp_path: Path) -> None:
    assert statuses(tmp_path, skip=["a"])["b"] == "skip"
    assert statuses(tmp_path, skip=["b"])["c"] == "succ"


def test_from_takes_over_what_is_before(tmp_path: Path) -> None:
    steps = a_run(tmp_path, STEPS).session.pipeline.steps
    selection = select(steps, start="b")
    assert selection.taken_over == {"a", "d-1", "d-2"}
    assert selection.reasons == {}


@pytest.mark.parametrize("chosen", [{"only": ["bb"]}, {"start": "bb"}, {"skip": ["bb"]}])
def test_an_unknown_step_is_told_with_the_nearest_one(tmp_path: Path, chosen: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="there is no step 'bb'") as raised:
        select(a_run(tmp_path, STEPS).session.pipeline.steps, **chosen)  # type: ignore[arg-type]
    assert "'b'" in raised.value.remedy
