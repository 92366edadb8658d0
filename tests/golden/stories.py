"""Runs as their events tell them, one of each kind of end."""

from __future__ import annotations

from cdkit.engine.perform import failure_of
from cdkit.errors import Cancelled, CheckFailed, TimedOut, WorkFailed
from cdkit.models.build import Build
from cdkit.models.event import (
    BuildDetected,
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutput,
    StepProgress,
    StepRetried,
    StepStarted,
    StepWaiting,
    TestsReported,
    Warned,
)
from cdkit.models.result import StepResult
from cdkit.models.test_report import TestCase, TestReport

JOURNAL = ".cdkit/runs/20260101-000000-abcd/events.jsonl"


def started(*steps: str, environment: str = "") -> Event:
    return RunStarted(
        run_id="20260101-000000-abcd", pipeline="hello", version="0.1.0", steps=steps, environment=environment
    )


def finished(step: str, result: StepResult) -> Event:
    return StepFinished(step=step, result=result)


SUCCESS: list[Event] = [
    started("image", "push", "release", environment="staging"),
    BuildDetected(build=Build(commit="c0ffee")),
    StepStarted(step="image", uses="build-image"),
    StepOutput(step="image", line="Step 1/2 : FROM scratch"),
    StepOutput(step="image", line="note: \x1b[31mred\x1b[0m and \x1b]0;title\x07plain", stream="stderr"),
    StepProgress(step="image", item="layer", current=1, total=2),
    finished("image", StepResult("image", "succeeded", 3.25, {"image": "r/hello:1", "digest": "", "size": 0})),
    StepStarted(step="push", uses="push-to-registry"),
    StepWaiting(step="push", what="the registry to take 3 layers"),
    StepWaiting(step="push", what="the registry to take 3 layers", seconds=65.0),
    Warned(step="push", message="The tag is an old one."),
    finished("push", StepResult("push", "succeeded", 0.0042, {"tags": ["a", "b"], "image": "r@sha256:" + "0" * 200})),
    Warned(message="The reporter X was left out."),
    StepStarted(step="release", uses="rolling-update"),
    finished("release", StepResult("release", "succeeded", 3725.0, {})),
    RunFinished(exit_code=0, seconds=3800.0),
]
EVIDENCE = ["test_a ... ok", "test_b ... \x1b[31mFAIL\x1b[0m", "AssertionError: 1 != 2\nmore"]
FAILED = failure_of(WorkFailed("`make test` ended with exit code 2.", evidence=EVIDENCE, cause="command-failed"))
FAILURE: list[Event] = [
    started("lint", "unit-tests", "image"),
    StepStarted(step="lint", uses="run"),
    finished("lint", StepResult("lint", "failed", 0.5, failure=failure_of(WorkFailed("Untidy.")), tolerated=True)),
    StepStarted(step="unit-tests", uses="run"),
    finished("unit-tests", StepResult("unit-tests", "failed", 12.0, failure=FAILED)),
    finished("image", StepResult("image", "skipped", reason="it needs 'unit-tests', which failed")),
    RunFinished(exit_code=1, seconds=12.6),
]
SKIP: list[Event] = [
    started("a", "bb"),
    finished("a", StepResult("a", "skipped", reason="`when` is not true: ${{ build.tag }}")),
    finished("bb", StepResult("bb", "skipped", reason="it needs 'a', which was skipped")),
    RunFinished(exit_code=0, seconds=0.01),
]
RETRY: list[Event] = [
    started("push"),
    StepStarted(step="push", uses="push-to-registry"),
    StepRetried(step="push", attempt=1, attempts=3, delay=1.2, reason="The registry does not answer."),
    finished("push", StepResult("push", "succeeded", 4.0, {"changed": True})),
    RunFinished(exit_code=0, seconds=4.0),
]
LATE = failure_of(TimedOut("The step 'test' did not end within 5 min 0 s.", evidence=["the last: a pod"]))
TIMEOUT: list[Event] = [
    started("test"),
    StepStarted(step="test", uses="run-test-pod"),
    StepWaiting(step="test", what="", seconds=30.0),
    finished("test", StepResult("test", "failed", 300.0, failure=LATE)),
    RunFinished(exit_code=5, seconds=300.2),
]
CANCEL: list[Event] = [
    started("test", "release"),
    StepStarted(step="test", uses="run-test-pod"),
    finished("test", StepResult("test", "cancelled", 2.0, failure=failure_of(Cancelled(signal_number=15)))),
    finished("release", StepResult("release", "skipped", reason="it needs 'test', which was cancelled")),
    RunFinished(exit_code=143, seconds=2.1),
]
REFUSED: list[Event] = [
    started("test"),
    RunFinished(
        exit_code=3,
        seconds=0.2,
        failure=failure_of(CheckFailed("The run cannot work: one thing is missing.", evidence=["no namespace 'x'"])),
    ),
]
REPORT = TestReport(
    total=42,
    passed=38,
    failed=1,
    broken=1,
    skipped=1,
    flaky=1,
    seconds=3.25,
    cases=(
        TestCase(
            name="test_empty <b>",
            group="tests.test_cart.TestCart",
            outcome="failed",
            seconds=0.5,
            message="AssertionError: assert 1 == 2",
            details="    def test_empty(self):\n>       assert cart.size == 2\nE       AssertionError: assert 1 == 2",
            file="tests/test_cart.py",
            line=12,
            attempts=("failed", "failed"),
        ),
        TestCase(name="pays", group="Bank", outcome="broken", message="no database", shard=1),
        TestCase(
            name="test_mail",
            group="tests.test_mail",
            outcome="flaky",
            message="too late",
            details="too late, by 3 s",
            file="tests/test_mail.py",
            attempts=("failed", "passed"),
        ),
        TestCase(name="test_later", group="tests.test_cart", outcome="skipped", message="not yet"),
        TestCase(name="test_full", group="tests.test_cart.TestCart", seconds=0.25),
    ),
    file=".cdkit/runs/20260101-000000-abcd/artifacts/test/junit.xml",
)
TESTS_FAILED = WorkFailed("2 of 42 tests failed: tests.test_cart.TestCart::test_empty <b>, Bank::pays.")
TESTS: list[Event] = [
    started("test"),
    StepStarted(step="test", uses="run-test-pod"),
    StepOutput(step="test", line="collected 42 items"),
    TestsReported(step="test", report=REPORT),
    finished("test", StepResult("test", "failed", 9.5, failure=failure_of(TESTS_FAILED))),
    RunFinished(exit_code=1, seconds=9.75),
]
STORIES = {
    "success": SUCCESS,
    "failure": FAILURE,
    "skip": SKIP,
    "retry": RETRY,
    "timeout": TIMEOUT,
    "cancel": CANCEL,
    "refused": REFUSED,
    "tests": TESTS,
}
