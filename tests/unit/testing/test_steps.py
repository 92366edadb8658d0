from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from cdkit.errors import CheckFailed, InvalidInput, StepBroken, WorkFailed
from cdkit.models.change import Change
from cdkit.models.duration import Duration
from cdkit.models.event import StepWaiting
from cdkit.models.problem import Problem
from cdkit.step import Step, StepContext, StepOptions, StepOutputs
from cdkit.testing import FakeClock, FakeProcesses, FakeWorld, run_step


class Greet(Step):
    """Greets somebody by a command."""

    name = "greet"

    class Options(StepOptions, frozen=True, kw_only=True):
        """Whom, and how long to wait before."""

        whom: str
        after: Duration = Duration(0)

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The greeting."""

        greeting: str

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        if not self.options.whom:
            yield Problem("Nobody is there.")

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        yield Change("run", f"hello {self.options.whom}")

    def run(self, ctx: StepContext) -> StepOutputs:
        ctx.defer("say goodbye", lambda: ctx.say("goodbye"))
        ctx.run.hide("hunter2")
        ctx.waiting("the right moment")
        ctx.sleep(self.options.after)
        code = ctx.processes.run(
            ["hello", self.options.whom],
            directory=str(ctx.workspace),
            env=ctx.env,
            on_line=ctx.say,
            cancellation=ctx.cancellation,
        )
        if code:
            raise WorkFailed("The greeting failed.")
        return self.Outputs(greeting=f"hello {self.options.whom}")


class Broken(Greet):
    """Gives back what it did not promise."""

    def run(self, ctx: StepContext) -> StepOutputs:
        return StepOutputs()


def processes(exit_code: int = 0) -> FakeProcesses:
    return FakeProcesses().on("hello", prints=["hello, hunter2"], exit_code=exit_code)


def test_a_step_is_checked_planned_run_and_cleaned_up() -> None:
    result = run_step(Greet, {"whom": "world"}, world=FakeWorld(processes=processes()))
    assert result.outputs.greeting == "hello world"
    assert [change.subject for change in result.changes] == ["hello world"]
    assert result.lines == ["hello, ***", "goodbye"]
    assert [event.what for event in result.of(StepWaiting)] == ["the right moment"]
    assert (result.problems, result.error) == ([], None)


def test_a_step_that_waits_takes_no_time() -> None:
    clock = FakeClock(auto_advance=True)
    run_step(Greet, {"whom": "world", "after": "1h"}, world=FakeWorld(processes=processes()), clock=clock)
    assert clock.monotonic() == 3600.0


def test_a_step_that_fails_keeps_what_it_said_and_is_cleaned_up() -> None:
    result = run_step(Greet, {"whom": "world"}, world=FakeWorld(processes=processes(exit_code=1)))
    assert isinstance(result.error, WorkFailed)
    assert result.lines == ["hello, ***", "goodbye"]
    with pytest.raises(WorkFailed):
        _ = result.outputs


def test_a_step_with_problems_is_not_run() -> None:
    commands = processes()
    result = run_step(Greet, {"whom": ""}, world=FakeWorld(processes=commands))
    assert isinstance(result.error, CheckFailed)
    assert [problem.message for problem in result.problems] == ["Nobody is there."]
    assert commands.runs == []


def test_options_that_are_wrong_are_a_mistake_of_the_test() -> None:
    with pytest.raises(InvalidInput) as raised:
        run_step(Greet, {"who": "world"})
    assert any("'who' is not known here" in problem.message for problem in raised.value.problems)


def test_a_step_that_breaks_its_promise_is_broken() -> None:
    assert isinstance(run_step(Broken, {"whom": "world"}).error, StepBroken)


def test_commands_see_the_environment_and_the_workspace(tmp_path: Path) -> None:
    commands = processes()
    run_step(Greet, {"whom": "world"}, world=FakeWorld(processes=commands), env={"A": "1"}, workspace=tmp_path)
    (ran,) = commands.runs
    assert (ran.command, ran.env, ran.directory) == (("hello", "world"), {"A": "1"}, str(tmp_path))


def test_a_step_can_ask_whether_a_text_holds_a_secret_in_any_form() -> None:
    class Asks(Greet):
        """Asks before it writes."""

        def run(self, ctx: StepContext) -> StepOutputs:
            ctx.run.hide("hunter2/")
            held = [ctx.holds_secret(text) for text in ("postgres://me:hunter2/@db", "hunter2%2F", "hunter3", "")]
            return self.Outputs(greeting=str(held))

    assert run_step(Asks, {"whom": "you"}).outputs.greeting == "[True, True, False, False]"
