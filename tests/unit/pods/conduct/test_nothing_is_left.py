"""Whatever fails, and whenever: nothing is left of a pod, and nobody takes it for a success."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import Cancelled, WorldFailed
from tests.unit.pods.conduct.fake_runtime import Acts, Failure, FakeRuntime
from tests.unit.pods.conduct.stage import Stage

OPTIONS = """
files: {sql: /sql}
services:
  db: {image: db, mounts: {sql: /init}, ready: {log: ready}}
  api: {image: api, needs: [db], ready: {exec: probe}}
init: [migrate]
artifacts: [/reports]
"""
ACTS = {"db": Acts(prints=("ready",)), "init-1": Acts(ends=0)}
OPERATIONS = 20
"""More than there are; further ones are found not to happen."""


def staged(tmp_path: Path) -> Stage:
    (tmp_path / "sql").mkdir()
    return Stage(OPTIONS, FakeRuntime(ACTS), workspace=tmp_path)


@pytest.mark.parametrize("number", range(OPERATIONS))
def test_a_failure_of_any_operation_leaves_nothing(tmp_path: Path, number: int) -> None:
    stage = staged(tmp_path)
    failure = Failure(number, lambda: WorldFailed("It broke."))
    stage.runtime.before = failure
    stage.play(1)
    assert stage.runtime.left == []
    if failure.happened.startswith(("start", "open", "write")):
        assert isinstance(stage.error, WorldFailed), failure.happened


@pytest.mark.parametrize("number", range(OPERATIONS))
def test_a_run_that_is_called_off_at_any_operation_leaves_nothing(tmp_path: Path, number: int) -> None:
    stage = staged(tmp_path)

    def call_off() -> WorldFailed:
        stage.cancellation.cancel(Cancelled("Enough."))
        return WorldFailed("It was in the middle of it.")

    failure = Failure(number, call_off)
    stage.runtime.before = failure
    stage.play(1)
    assert stage.runtime.left == []
    if failure.happened and not failure.happened.startswith(("remove", "sweep", "read", "log")):
        assert isinstance(stage.error, Cancelled), failure.happened
