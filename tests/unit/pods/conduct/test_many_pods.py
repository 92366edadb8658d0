"""Shards, further attempts, and what is concluded from all of them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cdkit.api import TestReport, WorkFailed, WorldFailed
from tests.unit.pods.conduct.fake_runtime import Acts, FakePod, FakeRuntime
from tests.unit.pods.conduct.stage import Stage, played

REPORTED = 'artifacts: [/reports]\njunit: ["*.xml"]\n'


def archive(files: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


def suite(**tests: bool) -> str:
    cases = "".join(
        f'<testcase classname="shop" name="{name}">{"" if passed else "<failure message=&quot;no&quot;/>"}</testcase>'
        for name, passed in tests.items()
    )
    return f'<testsuite name="shop">{cases}</testsuite>'.replace("&quot;", '"')


def leaves(**tests: bool) -> Callable[[FakePod], None]:
    """The tests leave a report behind."""

    def leave(pod: FakePod) -> None:
        pod.archives["cdkit-artifacts-0"] = archive({"unit.xml": suite(**tests)})

    return leave


def ends(code: int, **tests: bool) -> Acts:
    """Tests that leave a report, and end."""

    def then(pod: FakePod) -> None:
        leaves(**tests)(pod)
        pod.end("test", code)

    return Acts(then=then)


def report_of(stage: Stage) -> TestReport:
    (reported,) = stage.reports
    return reported.report


def env_of(pod: FakePod) -> Mapping[str, str]:
    return pod.spec.containers[-1].env


def test_shards_know_which_they_are_and_have_folders_of_their_own() -> None:
    stage = played("shards: 3\nparallel: 2", {"test": Acts(prints=("one",), ends=0)})
    assert stage.error is None
    assert {env_of(pod)["CDKIT_SHARD_INDEX"] for pod in stage.runtime.pods} == {"0", "1", "2"}
    assert {"shard 0 | one", "shard 1 | one", "shard 2 | one"} <= set(stage.lines)
    assert stage.ended is not None
    assert len(stage.ended.pods) == 3
    assert stage.runtime.left == []


def test_no_more_pods_are_there_at_once_than_are_wanted() -> None:
    at_once: list[int] = []

    def act(pod: FakePod) -> None:
        at_once.append(len(runtime.left))
        pod.end("test", 0)

    runtime = FakeRuntime({"test": Acts(then=act)})
    stage = Stage("shards: 5\nparallel: 1", runtime).play()
    assert stage.error is None
    assert at_once == [1] * 5


def test_all_shards_run_to_their_end_and_the_worst_verdict_counts() -> None:
    def act(pod: FakePod) -> None:
        shard = env_of(pod)["CDKIT_SHARD_INDEX"]
        pod.end("test", {"0": 1, "1": 137, "2": 0}[shard], {"1": "OOMKilled"}.get(shard, ""))

    stage = played("shards: 3", {"test": Acts(then=act)})
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "oom-killed"
    assert any(line.startswith("shard 0: ") and "exit code 1" in line for line in stage.error.evidence)
    assert stage.runtime.left == []


def test_tests_that_fail_are_told_by_name() -> None:
    stage = played(REPORTED, {"test": ends(1, adds=True, subtracts=False)})
    assert isinstance(stage.error, WorkFailed)
    assert stage.error.cause == "command-failed"
    assert stage.error.message == "1 of 2 tests failed: shop::subtracts."
    assert (report_of(stage).total, report_of(stage).failed) == (2, 1)


def test_failures_in_a_report_fail_tests_that_ended_well() -> None:
    stage = played(REPORTED, {"test": ends(0, adds=False)})
    assert isinstance(stage.error, WorkFailed)
    assert stage.error.cause == "tests-failed"


def test_no_test_at_all_is_a_failure_unless_it_is_said_to_be_none() -> None:
    stage = played(REPORTED, {"test": ends(0)})
    assert isinstance(stage.error, WorkFailed)
    assert (stage.error.cause, stage.error.evidence) == ("no-tests", ("the tests printed nothing",))
    assert played(f"{REPORTED}no_tests: pass", {"test": ends(0)}).error is None


def test_nothing_that_an_earlier_try_of_the_step_left_passes_for_what_this_one_leaves(tmp_path: Path) -> None:
    stage = Stage(f"{REPORTED}shards: 2\nretry_failed: 1", FakeRuntime({"test": ends(0)}), workspace=tmp_path)
    stage.artifacts.mkdir(parents=True)
    (stage.artifacts / "junit.xml").write_text(suite(adds=True), encoding="utf-8")
    for folder in ("reports", "shard-1/reports", "shard-0/attempt-2/reports"):
        (stage.artifacts / folder).mkdir(parents=True)
        (stage.artifacts / folder / "old.xml").write_text(suite(adds=True), encoding="utf-8")
    (stage.artifacts / "leads-out").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    stage.play()
    assert isinstance(stage.error, WorkFailed)
    assert stage.error.cause == "no-tests"
    assert {path.name for path in stage.artifacts.rglob("*") if not path.is_dir()} == {"unit.xml"}
    assert (tmp_path / "kept").is_dir()


def test_what_an_earlier_try_left_and_cannot_be_removed_is_told(tmp_path: Path) -> None:
    stage = Stage(REPORTED, FakeRuntime({"test": ends(0)}), workspace=tmp_path)
    stage.artifacts.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "elsewhere").mkdir()
    stage.artifacts.symlink_to(tmp_path / "elsewhere")
    stage.play()
    assert isinstance(stage.error, WorldFailed)
    assert "earlier try" in stage.error.message


def test_a_report_that_does_not_come_out_is_no_success() -> None:
    def leave_rubbish(pod: FakePod) -> None:
        pod.archives["cdkit-artifacts-0"] = b"this is no archive" * 100
        pod.end("test", 0)

    stage = played(REPORTED, {"test": Acts(then=leave_rubbish)})
    assert isinstance(stage.error, WorldFailed)


def test_tests_that_fail_get_another_attempt_in_a_new_pod_and_are_flaky_when_they_pass() -> None:
    acts = {"test": [ends(1, adds=True, subtracts=False), ends(0, subtracts=True)]}
    stage = played(f"{REPORTED}retry_failed: 2", acts)
    assert stage.error is None
    first, second = stage.runtime.pods
    assert "CDKIT_FAILED_TESTS" not in env_of(first)
    assert env_of(second)["CDKIT_FAILED_TESTS"] == "shop::subtracts"
    assert env_of(second)["CDKIT_ATTEMPT"] == "2"
    assert (report_of(stage).total, report_of(stage).flaky, report_of(stage).failed) == (2, 1, 0)
    first_failure, flaky = stage.warnings
    assert first_failure == "Attempt 1 of 3 failed: 1 of 2 tests failed: shop::subtracts. The tests are tried again."
    assert flaky == "Flaky, for they failed and then passed: shop::subtracts."
    assert stage.runtime.left == []


def test_tests_that_fail_at_every_attempt_have_failed() -> None:
    stage = played(f"{REPORTED}retry_failed: 1", {"test": ends(1, adds=False)})
    assert isinstance(stage.error, WorkFailed)
    (case,) = report_of(stage).cases
    assert case.attempts == ("failed", "failed")
    assert len(stage.runtime.pods) == 2


def test_a_test_that_failed_and_did_not_come_again_has_failed() -> None:
    acts = {"test": [ends(1, adds=False, subtracts=False), ends(0, adds=True)]}
    stage = played(f"{REPORTED}retry_failed: 1", acts)
    assert isinstance(stage.error, WorkFailed)
    assert "shop::subtracts" in stage.error.message


def test_flaky_tests_without_reports_are_warned_of() -> None:
    stage = played("retry_failed: 1", {"test": [Acts(ends=1), Acts(ends=0)]})
    assert stage.error is None
    assert any("passed at attempt 2" in warning for warning in stage.warnings)


@pytest.mark.parametrize("keep", ["on-failure", "never"])
def test_what_is_broken_is_not_tried_again(keep: str) -> None:
    runtime = FakeRuntime({"test": Acts(ends=137, reason="OOMKilled")})
    stage = Stage(f"retry_failed: 3\nkeep: {keep}", runtime).play()
    assert isinstance(stage.error, WorldFailed)
    assert len(runtime.pods) == 1
    assert bool(runtime.left) is (keep == "on-failure")


def test_of_several_attempts_only_the_last_is_kept() -> None:
    runtime = FakeRuntime({"test": Acts(ends=1)})
    Stage("retry_failed: 1\nkeep: on-failure", runtime).play()
    assert runtime.left == ["pod-1"]


@pytest.mark.parametrize(
    ("options", "acts", "is_left"),
    [
        ("", ends(0, adds=True), False),
        ("", ends(0, adds=False), True),
        ("", ends(0), True),
        ("no_tests: pass", ends(0), False),
        ("", [ends(1, adds=False)], True),
        ("retry_failed: 1", [ends(1, adds=False, subtracts=False), ends(0, adds=True)], True),
        ("retry_failed: 1", [ends(1, adds=False), ends(0, adds=True)], False),
    ],
)
def test_a_pod_is_kept_for_what_only_its_reports_say(options: str, acts: Acts | list[Acts], is_left: bool) -> None:
    stage = played(f"{REPORTED}keep: on-failure\n{options}", {"test": acts})
    assert bool(stage.error) is is_left
    last = stage.runtime.pods[-1].ref.name
    assert stage.runtime.left == ([last] if is_left else [])
    assert any(line.startswith(f"Pod {last} is kept for") for line in stage.lines) is is_left


@pytest.mark.parametrize("runs_any", [True, False])
def test_a_shard_without_tests_is_kept_when_no_other_has_any(runs_any: bool) -> None:
    def act(pod: FakePod) -> None:
        leaves(**({"adds": True} if runs_any and env_of(pod)["CDKIT_SHARD_INDEX"] == "1" else {}))(pod)
        pod.end("test", 0)

    stage = played(f"{REPORTED}keep: on-failure\nshards: 2", {"test": Acts(then=act)})
    assert bool(stage.error) is not runs_any
    assert len(stage.runtime.left) == (0 if runs_any else 2)
