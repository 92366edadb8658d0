"""Small steps that do what a test tells them, and a run around them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from cdkit.engine.execute import execute
from cdkit.engine.messages import Messages
from cdkit.engine.secrets import Secrets, read_secrets
from cdkit.engine.session import Session
from cdkit.engine.stream import EventStream
from cdkit.flow.clock import Clock, Inbox
from cdkit.models.build import Build
from cdkit.models.change import Change
from cdkit.models.event import Event
from cdkit.models.problem import Problem
from cdkit.models.result import RunResult
from cdkit.pipeline.load import load
from cdkit.ports.world import World
from cdkit.redact import Redactor
from cdkit.step import Step, StepContext, StepOptions, StepOutputs
from cdkit.testing import FakeClock, FakeWorld

Behaviour = Callable[[StepContext], Any]


class Act(Step):
    """Does what the test said under the step's name; without a word it succeeds at once."""

    name = "act"

    class Options(StepOptions, frozen=True, kw_only=True):
        text: str = ""
        number: int = 0

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        text: str = ""
        value: Any = None

    options: Options
    runs: ClassVar[Mapping[str, Behaviour]] = {}
    checks: ClassVar[Mapping[str, Behaviour]] = {}
    plans: ClassVar[Mapping[str, Behaviour]] = {}

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        found: Iterable[Problem] | None = self.checks[ctx.step](ctx) if ctx.step in self.checks else None
        return found or ()

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        return self.plans[ctx.step](ctx) if ctx.step in self.plans else [Change("run", self.options.text or ctx.step)]

    def run(self, ctx: StepContext) -> Any:
        given = self.runs[ctx.step](ctx) if ctx.step in self.runs else None
        return self.Outputs(text=self.options.text) if given is None else given


def acting(
    *,
    runs: Mapping[str, Behaviour] | None = None,
    checks: Mapping[str, Behaviour] | None = None,
    plans: Mapping[str, Behaviour] | None = None,
) -> type[Step]:
    """A kind of step that does what is given by the steps' names."""
    return type("Act", (Act,), {"runs": runs or {}, "checks": checks or {}, "plans": plans or {}})


class Recorder:
    """A reporter that keeps all events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        self.events.append(event)

    def flush(self) -> None:
        """Nothing is held back."""

    def told(self) -> list[str]:
        """The events in few words: TYPE STEP, with the status where there is one."""
        return [_told(event) for event in self.events]


def _told(event: Event) -> str:
    result = getattr(event, "result", None)
    kind = str(event.__struct_config__.tag).removeprefix("step-")
    return " ".join(filter(None, [kind, event.step, result.status if result else ""]))


class ARun(msgspec.Struct):
    """A run, its mailbox, and what was heard of it."""

    session: Session
    inbox: Messages
    heard: Recorder

    def execute(self, jobs: int = 8) -> RunResult:
        """Run it to its end in this thread."""
        return execute(self.session, self.inbox, jobs=jobs)

    def execute_aside(self, jobs: int = 8) -> Callable[[], RunResult]:
        """Run it in a thread of its own; gives a function that waits for its result."""
        results: list[RunResult] = []
        thread = threading.Thread(target=lambda: results.append(self.execute(jobs)), daemon=True)
        thread.start()

        def result() -> RunResult:
            thread.join(10)
            assert results, "the run does not end"
            return results[0]

        return result


def a_run(
    folder: Path,
    steps: str,
    kind: type[Step] | None = None,
    *,
    clock: Clock | None = None,
    world: World | None = None,
    secrets: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    reporters: Iterable[Any] = (),
) -> ARun:
    """A run of the steps of a text; `uses` is always `act` when it is left out."""
    path = folder / "cdkit.yaml"
    path.write_text(f"name: x\n{steps}" if "steps:" in steps else f"name: x\nsteps:\n{steps}", encoding="utf-8")
    the_clock = clock or FakeClock()
    heard = Recorder()
    given = dict(secrets or {})
    redactor = Redactor(given.values())
    pipeline = load(str(path), {"act": kind or Act})
    unset = read_secrets(pipeline.secrets, {}, folder)
    session = Session(
        "run-1",
        pipeline,
        clock=the_clock,
        world=world or FakeWorld(),
        stream=EventStream(the_clock, redactor, None, [*reporters, heard]),
        redactor=redactor,
        read_build=lambda: Build(branch="main", commit="c0ffee"),
        secrets=Secrets(given, {name: why for name, why in unset.missing.items() if name not in given}),
        environ=environ or {},
    )
    return ARun(session, Inbox(), heard)
