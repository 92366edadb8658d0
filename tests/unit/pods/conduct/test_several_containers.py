"""A pod with services, commands before the tests, and files: its order, and what ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.errors import WorkFailed, WorldFailed
from tests.unit.pods.conduct.fake_runtime import Acts, FakePod, FakeRuntime
from tests.unit.pods.conduct.stage import Stage, played

SERVICES = """
services:
  db: {image: db, ready: {log: ready to accept}}
  api: {image: api, needs: [db], ready: {log: listening}}
"""
READY = {"db": Acts(prints=("ready to accept",)), "api": Acts(prints=("listening",))}


def opened(stage: Stage) -> list[str]:
    """What was opened and started, in order."""
    return [act for act in stage.runtime.pods[0].did if act.startswith(("open", "start", "write"))]


def test_what_needs_another_starts_when_that_is_ready_and_the_tests_start_last() -> None:
    stage = played(SERVICES, READY)
    assert stage.error is None, stage.error
    assert opened(stage) == ["start db", "open api", "start api", "open test", "start test"]
    assert stage.runtime.left == []


def test_lines_begin_with_the_name_of_their_container() -> None:
    stage = played(SERVICES, READY | {"test": Acts(prints=("passed",), ends=0)})
    assert {"db | ready to accept", "api | listening", "test | passed", "db is ready"} <= set(stage.lines)


def test_what_is_waited_for_names_the_services_that_are_not_ready() -> None:
    never = Stage("services: {db: {image: db, ready: {log: never}}}", FakeRuntime()).play(30)
    assert never.waited_for[-1].endswith("; not ready yet: db")
    ready = Stage(f"{SERVICES}longest: 2h", FakeRuntime(READY | {"test": Acts()})).play(3600)
    assert "not ready" not in ready.waited_for[-1]


def test_commands_before_the_tests_run_one_after_the_other_when_all_is_ready() -> None:
    options = f"{SERVICES}init: [migrate, {{name: seed, command: seed}}]"
    stage = played(options, READY | {"init-1": Acts(ends=0), "seed": Acts(prints=("seeded",), ends=0)})
    assert stage.error is None, stage.error
    assert opened(stage)[3:] == ["open init-1", "start init-1", "open seed", "start seed", "open test", "start test"]
    assert "seed | seeded" in stage.lines


def test_a_command_before_the_tests_that_fails_keeps_them_from_starting() -> None:
    stage = played("init: [migrate, seed]", {"init-1": Acts(prints=("no table",), ends=2)})
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "init-container-failing"
    assert "init-1" in stage.error.message
    assert "  no table" in stage.error.evidence
    assert opened(stage) == ["open init-1", "start init-1"]


def test_a_service_that_is_not_ready_in_time_ends_it_with_its_log() -> None:
    acts = {"db": Acts(prints=("starting",))}
    stage = Stage("services: {db: {image: db, ready: {log: never}, within: 60s}}", FakeRuntime(acts)).play(30)
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "service-not-ready"
    assert any("starting" in line for line in stage.error.evidence)
    assert stage.runtime.left == []


def test_a_service_that_dies_while_the_tests_run_is_named_with_its_log() -> None:
    def die(pod: FakePod) -> None:
        pod.end("db", 9)

    stage = Stage(SERVICES, FakeRuntime(READY | {"test": Acts(then=die)})).play(5)
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "service-died"
    assert "service db" in stage.error.message
    assert "  ready to accept" in stage.error.evidence


def test_tests_that_end_their_service_as_their_last_act_are_judged_by_their_own_end() -> None:
    def stop_and_end(pod: FakePod) -> None:
        pod.end("db", 143)
        pod.end("test", 0)

    assert played(SERVICES, READY | {"test": Acts(then=stop_and_end)}).error is None

    def stop_and_fail(pod: FakePod) -> None:
        pod.end("db", 143)
        pod.end("test", 1)

    stage = played(SERVICES, READY | {"test": Acts(then=stop_and_fail)})
    assert isinstance(stage.error, WorkFailed)


def test_a_service_that_does_its_work_and_ends_is_no_failure() -> None:
    options = "services: {seed: {image: seed, ready: {exited: 0}}}"
    stage = played(options, {"seed": Acts(ends=0)})
    assert stage.error is None, stage.error
    assert opened(stage) == ["start seed", "open test", "start test"]


def test_files_are_there_before_what_mounts_them_starts(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "one.sql").write_text("create table", encoding="utf-8")
    options = "files: {sql: /sql}\nservices: {db: {image: db, mounts: {sql: /init}}, web: {image: web}}"
    stage = played(options, workspace=tmp_path)
    assert stage.error is None, stage.error
    (did,) = [stage.runtime.pods[0].did]
    assert did.index("write cdkit-files-0") < did.index("open db") < did.index("open test")
    assert did.index("start web") < did.index("open db")
    (archive,) = stage.runtime.pods[0].files["cdkit-files-0"]
    assert b"create table" in archive


def test_files_that_are_not_there_end_it_before_anything_is_opened(tmp_path: Path) -> None:
    stage = played("files: {nothing: /data}", workspace=tmp_path)
    assert stage.error is not None
    assert "nothing" in stage.error.message
    assert stage.runtime.left == []
    assert opened(stage) == []


@pytest.mark.parametrize("waits", ["InvalidImageName"])
def test_a_service_whose_image_cannot_be_had_ends_it(waits: str) -> None:
    stage = played(SERVICES, READY | {"db": Acts(waits=waits)})
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "invalid-image-name"
    assert "open api" not in opened(stage)
