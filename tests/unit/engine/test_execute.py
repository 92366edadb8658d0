"""The graph is executed: order, parallelism, outputs, failures, times and interruptions."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from cdkit.engine.execute import GRACE, SIGN_OF_LIFE
from cdkit.engine.messages import Interrupted
from cdkit.errors import Cancelled, EngineUnreachable, RollbackFailed, TimedOut, WorkFailed
from cdkit.flow.clock import Inbox
from cdkit.models.event import Event, StepFinished, StepOutput, StepRetried, StepWaiting, Warned
from cdkit.step import NoOutputs, StepContext
from cdkit.testing import FakeClock
from tests.unit.engine.runs import Act, a_run, acting

REAL = 10.0
"""Seconds that a test waits for another thread before it calls it stuck."""


def fails(error: Exception | None = None) -> Any:
    def run(_: StepContext) -> None:
        raise error or WorkFailed("The tests failed.", evidence=["1 failed"])

    return run


def waits(until: threading.Event, started: threading.Event | None = None) -> Any:
    """A step that listens to its cancellation."""

    def run(ctx: StepContext) -> None:
        forget = ctx.cancellation.on_cancel(until.set)
        if started:
            started.set()
        assert until.wait(REAL)
        forget()
        ctx.cancellation.raise_if_cancelled()

    return run


class Listener:
    """Leaves the events of one kind in a mailbox."""

    def __init__(self, kind: type[Event], inbox: Inbox[Any]) -> None:
        self._kind = kind
        self._inbox = inbox

    def report(self, event: Event) -> None:
        if isinstance(event, self._kind):
            self._inbox.put(event)

    def flush(self) -> None:
        pass


def reasons(result: Any) -> dict[str, str]:
    return {name: step.reason for name, step in result.steps.items() if step.status == "skipped"}


def statuses(result: Any) -> dict[str, str]:
    return {name: step.status for name, step in result.steps.items()}


def test_steps_run_one_after_the_other_in_the_order_of_the_file_where_only_one_may(tmp_path: Path) -> None:
    run = a_run(tmp_path, "  c: {uses: act}\n  a: {uses: act, needs: [b]}\n  b: {uses: act}\n")
    assert run.execute(jobs=1).exit_code == 0
    assert run.heard.told() == [
        "started c",
        "finished c succeeded",
        "started b",
        "finished b succeeded",
        "started a",
        "finished a succeeded",
        "run-finished",
    ]


def test_as_many_run_at_once_as_jobs_allows_and_no_more(tmp_path: Path) -> None:
    lock, meet = threading.Lock(), threading.Barrier(3)
    now, most = 0, 0

    def together(_: StepContext) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        meet.wait(REAL)
        with lock:
            now -= 1

    names = [f"s{number}" for number in range(6)]
    run = a_run(
        tmp_path, "".join(f"  {n}: {{uses: act}}\n" for n in names), acting(runs=dict.fromkeys(names, together))
    )
    assert set(statuses(run.execute(jobs=3)).values()) == {"succeeded"}
    assert most == 3


def test_outputs_are_handed_on_with_their_types(tmp_path: Path) -> None:
    seen: dict[str, Any] = {}

    def make(_: StepContext) -> Act.Outputs:
        return Act.Outputs(text="r@sha256:1", value=[1, {"a": 2}])

    def take(ctx: StepContext) -> None:
        seen.update(ctx.env)

    run = a_run(
        tmp_path,
        "  make: {uses: act}\n"
        "  take:\n    uses: act\n    env: {IMAGE: 'i:${{ steps.make.text }}', HOME: /h}\n"
        "    with: {text: '${{ steps.make.text }}', number: '${{ steps.make.value[1].a }}'}\n",
        acting(runs={"make": make, "take": take}),
        environ={"HOME": "/home/ci", "PATH": "/bin"},
    )
    result = run.execute()
    assert seen == {"HOME": "/h", "PATH": "/bin", "IMAGE": "i:r@sha256:1"}
    assert result.steps["take"].outputs["text"] == "r@sha256:1"
    assert result.steps["make"].outputs == {"text": "r@sha256:1", "value": [1, {"a": 2}]}


def test_options_that_turn_out_to_be_wrong_fail_the_step_with_their_place(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  make: {uses: act}\n  take: {uses: act, with: {number: '${{ steps.make.text }}'}}\n",
        acting(runs={"make": lambda _: Act.Outputs(text="many")}),
    )
    result = run.execute()
    failure = result.steps["take"].failure
    assert result.exit_code == 2
    assert failure
    assert failure.evidence == (
        f"{tmp_path}/cdkit.yaml:4:36: 'number' must be a whole number; here stands text ('many').",
    )


def test_a_step_whose_when_is_false_is_skipped_and_so_is_all_behind_it(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  a: {uses: act, when: \"${{ build.branch != 'main' }}\"}\n  b: {uses: act, needs: [a]}\n"
        "  c: {uses: act, needs: [b]}\n  d: {uses: act, when: true}\n  e: {uses: act, when: '${{ steps.d.text }}'}\n",
    )
    result = run.execute()
    assert result.exit_code == 0
    assert reasons(result) == {
        "a": "`when` is not true: ${{ build.branch != 'main' }}",
        "b": "it needs 'a', which was skipped",
        "c": "it needs 'b', which was skipped",
        "e": "`when` is not true: ${{ steps.d.text }}",
    }
    assert "started a" not in run.heard.told()


def test_after_a_failure_nothing_is_started_and_what_runs_comes_to_its_end(tmp_path: Path) -> None:
    started = threading.Event()
    finished: Inbox[StepFinished] = Inbox()

    def slow(ctx: StepContext) -> None:
        started.set()
        assert finished.take(REAL)
        ctx.cancellation.raise_if_cancelled()

    def bad(_: StepContext) -> None:
        assert started.wait(REAL)
        raise WorkFailed("The tests failed.", evidence=["1 failed"])

    run = a_run(
        tmp_path,
        "  slow: {uses: act}\n  bad: {uses: act}\n  later: {uses: act}\n  behind: {uses: act, needs: [bad]}\n",
        acting(runs={"slow": slow, "bad": bad}),
        reporters=[Listener(StepFinished, finished)],
    )
    result = run.execute(jobs=2)
    assert result.exit_code == 1
    assert statuses(result) == {"slow": "succeeded", "bad": "failed", "later": "skipped", "behind": "skipped"}
    assert reasons(result) == {"later": "another step failed before", "behind": "it needs 'bad', which failed"}
    failure = result.steps["bad"].failure
    assert failure
    assert (failure.kind, failure.message, failure.evidence) == ("WorkFailed", "The tests failed.", ("1 failed",))


def test_the_first_failure_gives_the_exit_code(tmp_path: Path) -> None:
    finished: Inbox[StepFinished] = Inbox()

    def last(_: StepContext) -> None:
        assert finished.take(REAL)
        raise RollbackFailed("It could not be put back.")

    run = a_run(
        tmp_path,
        "  last: {uses: act}\n  first: {uses: act}\n",
        acting(runs={"last": last, "first": fails()}),
        reporters=[Listener(StepFinished, finished)],
    )
    assert run.execute().exit_code == 1


def test_a_failure_that_is_tolerated_does_not_fail_the_run_but_what_needs_it_is_skipped(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  lint: {uses: act, continue-on-error: true}\n  other: {uses: act}\n  behind: {uses: act, needs: [lint]}\n",
        acting(runs={"lint": fails()}),
    )
    result = run.execute(jobs=1)
    assert result.exit_code == 0
    assert statuses(result) == {"lint": "failed", "other": "succeeded", "behind": "skipped"}
    assert result.steps["lint"].tolerated
    assert reasons(result) == {"behind": "it needs 'lint', which failed"}


def test_a_step_that_does_not_end_in_time_is_cancelled_and_fails_with_what_it_waited_for(tmp_path: Path) -> None:
    clock, stopped, started = FakeClock(), threading.Event(), threading.Event()

    def wait(ctx: StepContext) -> None:
        ctx.waiting("the pod to start")
        waits(stopped, started)(ctx)

    run = a_run(tmp_path, "  a: {uses: act, timeout: 20s}\n", acting(runs={"a": wait}), clock=clock)
    result = run.execute_aside()
    assert started.wait(REAL)
    clock.await_waiters()
    clock.advance(20)
    failure = result().steps["a"].failure
    assert result().exit_code == TimedOut.exit_code
    assert failure
    assert failure.message == "The step 'a' did not end within 20.0 s."
    assert failure.evidence == ("the last that it waited for: the pod to start",)
    assert result().steps["a"].seconds == 20


def test_a_step_that_does_not_listen_is_left_behind_after_the_grace_and_cleaned_up(tmp_path: Path) -> None:
    clock, never, started, asked, finished = FakeClock(), *(threading.Event() for _ in range(4))
    cleaned: list[str] = []

    def deaf(ctx: StepContext) -> None:
        ctx.defer("delete the pod", lambda: cleaned.append("pod"))
        ctx.cancellation.on_cancel(asked.set)
        started.set()
        never.wait(REAL)
        ctx.say("too late")
        finished.set()

    run = a_run(tmp_path, "  a: {uses: act, timeout: 20s}\n  b: {uses: act}\n", acting(runs={"a": deaf}), clock=clock)
    result = run.execute_aside()
    assert started.wait(REAL)
    clock.await_waiters()
    clock.advance(20)
    assert asked.wait(REAL)
    clock.advance(GRACE)
    assert result().steps["a"].status == "failed"
    assert cleaned == ["pod"]
    never.set()
    assert finished.wait(REAL)
    assert not [event for event in run.heard.events if isinstance(event, StepOutput)]
    assert run.heard.told()[-1] == "run-finished"


def test_a_step_that_runs_long_is_spoken_of_again_with_what_it_waits_for(tmp_path: Path) -> None:
    clock, stopped, started = FakeClock(), threading.Event(), threading.Event()
    signs: Inbox[StepWaiting] = Inbox()

    def wait(ctx: StepContext) -> None:
        ctx.waiting("2 of 3 pods")
        waits(stopped, started)(ctx)

    run = a_run(
        tmp_path, "  a: {uses: act}\n", acting(runs={"a": wait}), clock=clock, reporters=[Listener(StepWaiting, signs)]
    )
    result = run.execute_aside()
    assert started.wait(REAL)
    heard = [signs.take(REAL)]
    for _ in range(2):
        clock.await_waiters()
        clock.advance(SIGN_OF_LIFE)
        heard.append(signs.take(REAL))
    stopped.set()
    assert result().exit_code == 0
    assert [(sign.what, sign.seconds) for sign in heard if sign] == [
        ("2 of 3 pods", 0),
        ("2 of 3 pods", SIGN_OF_LIFE),
        ("2 of 3 pods", 2 * SIGN_OF_LIFE),
    ]


@pytest.mark.parametrize(("signal_number", "exit_code"), [(2, 130), (15, 143)])
def test_an_interruption_stops_what_runs_cleans_up_and_starts_nothing_more(
    tmp_path: Path, signal_number: int, exit_code: int
) -> None:
    started, cleaned = threading.Event(), []

    def wait(ctx: StepContext) -> None:
        ctx.defer("delete the pod", lambda: cleaned.append(ctx.step))
        waits(threading.Event(), started)(ctx)

    steps = "  a: {uses: act}\n  b: {uses: act, needs: [a]}\n  c: {uses: act}\n"
    run = a_run(tmp_path, steps, acting(runs={"a": wait}))
    result = run.execute_aside(jobs=1)
    assert started.wait(REAL)
    run.inbox.put(Interrupted(signal_number))
    assert result().exit_code == exit_code
    assert statuses(result()) == {"a": "cancelled", "b": "skipped", "c": "skipped"}
    assert reasons(result()) == {"b": "it needs 'a', which was cancelled", "c": "the run was cancelled"}
    assert cleaned == ["a"]
    failure = result().steps["a"].failure
    assert failure
    assert failure.kind == Cancelled.__name__


def test_an_error_of_an_interrupted_client_does_not_hide_the_interruption(tmp_path: Path) -> None:
    started, stopped = threading.Event(), threading.Event()

    def client(ctx: StepContext) -> None:
        ctx.cancellation.on_cancel(stopped.set)
        started.set()
        assert stopped.wait(REAL)
        raise ConnectionResetError("the socket was closed")

    run = a_run(tmp_path, "  a: {uses: act}\n", acting(runs={"a": client}))
    result = run.execute_aside()
    assert started.wait(REAL)
    run.inbox.put(Interrupted(2))
    assert statuses(result()) == {"a": "cancelled"}


def test_what_was_deferred_is_done_newest_first_and_a_failure_of_it_is_only_a_warning(tmp_path: Path) -> None:
    done: list[str] = []

    def no_answer() -> None:
        raise OSError("no answer")

    def work(ctx: StepContext) -> None:
        ctx.defer("delete a", lambda: done.append("a"))
        ctx.defer("delete b", no_answer)
        ctx.defer("delete c", lambda: done.append("c"))()
        ctx.defer("delete d", lambda: done.append("d"))

    run = a_run(tmp_path, "  x: {uses: act}\n", acting(runs={"x": work}))
    assert run.execute().exit_code == 0
    assert done == ["d", "a"]
    assert [event.message for event in run.heard.events if isinstance(event, Warned)] == [
        "Could not delete b: no answer"
    ]


def test_a_world_that_does_not_answer_is_asked_again_after_a_wait(tmp_path: Path) -> None:
    clock = FakeClock()
    retries: Inbox[StepRetried] = Inbox()
    attempts: list[float] = []

    def flaky(_: StepContext) -> None:
        attempts.append(clock.monotonic())
        if len(attempts) == 1:
            raise EngineUnreachable("The engine does not answer.")

    step = "  a: {uses: act, retry: {attempts: 4, delay: 2s}}\n"
    run = a_run(tmp_path, step, acting(runs={"a": flaky}), clock=clock, reporters=[Listener(StepRetried, retries)])
    result = run.execute_aside()
    retry = retries.take(REAL)
    assert retry
    assert (retry.attempt, retry.attempts, retry.reason) == (1, 4, "The engine does not answer.")
    assert 2 <= retry.delay <= 3
    # The run and the step wait on the clock.
    clock.await_waiters(2)
    clock.advance(retry.delay)
    assert result().exit_code == 0
    assert attempts == [0, retry.delay]


def test_work_that_fails_is_not_tried_again(tmp_path: Path) -> None:
    run = a_run(tmp_path, "  a: {uses: act, retry: {attempts: 5}}\n", acting(runs={"a": fails()}))
    run.execute()
    assert "retried a" not in run.heard.told()


def test_a_surprise_is_a_broken_step_with_its_traceback_kept_apart(tmp_path: Path) -> None:
    run = a_run(tmp_path, "  a: {uses: act}\n", acting(runs={"a": fails(ZeroDivisionError("division by zero\nmore"))}))
    result = run.execute()
    failure = result.steps["a"].failure
    assert result.exit_code == 1
    assert failure
    assert failure.kind == "StepBroken"
    assert failure.message == "The step failed unexpectedly: ZeroDivisionError: division by zero"
    assert failure.traceback
    assert "ZeroDivisionError" in failure.traceback


@pytest.mark.parametrize("given", [SystemExit(3), KeyboardInterrupt(), RecursionError("deep")])
def test_nothing_that_a_step_raises_takes_the_run_down(tmp_path: Path, given: BaseException) -> None:
    def raises(_: StepContext) -> None:
        raise given

    run = a_run(tmp_path, "  a: {uses: act}\n", acting(runs={"a": raises}))
    assert statuses(run.execute()) == {"a": "failed"}


def test_outputs_of_another_type_are_a_defect_of_the_step(tmp_path: Path) -> None:
    run = a_run(tmp_path, "  a: {uses: act}\n", acting(runs={"a": lambda _: NoOutputs()}))
    failure = run.execute().steps["a"].failure
    assert failure
    assert failure.message == "The step 'act' gave NoOutputs back; its outputs are Outputs."


def test_outputs_that_cannot_be_written_down_are_a_defect_of_the_step(tmp_path: Path) -> None:
    run = a_run(tmp_path, "  a: {uses: act}\n", acting(runs={"a": lambda _: Act.Outputs(value=object())}))
    failure = run.execute().steps["a"].failure
    assert failure
    assert failure.kind == "StepBroken"


def test_a_pipeline_without_steps_is_done_at_once(tmp_path: Path) -> None:
    run = a_run(tmp_path, "steps: {}\n")
    assert run.execute().exit_code == 0
    assert run.heard.told() == ["run-finished"]
