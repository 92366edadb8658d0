"""Runs one step outside a pipeline, and keeps all that it did."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cdkit.errors import CdkitError, CheckFailed, InvalidInput, StepBroken
from cdkit.findings import Findings
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock
from cdkit.models.build import Build
from cdkit.models.change import Change
from cdkit.models.environment import Environment
from cdkit.models.event import Event, StepOutput
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.decode import decode
from cdkit.pipeline.document import Node
from cdkit.plugin.installed import PluginEntry, installed_plugins
from cdkit.plugin.manager import load_steps
from cdkit.ports.extensions import Extensions
from cdkit.ports.world import World
from cdkit.redact import Redactor
from cdkit.step import Step, StepContext, StepOptions, StepOutputs
from cdkit.testing.fake_clock import FakeClock
from cdkit.testing.fake_world import FakeWorld

AnEvent = TypeVar("AnEvent", bound=Event)


class RecordedRun:
    """A run that keeps its events in memory. Implements `cdkit.run.Run`.

    Args:
        world: the clients.
        clock: the time.
        workspace: the folder that relative paths start from; artifacts go below it.
        build: who runs us.
        environment: where the run deploys to.
        application: the pipeline's name.
        plugins: plugins beside those that are installed.
    """

    def __init__(
        self,
        *,
        world: World,
        clock: Clock,
        workspace: Path,
        build: Build,
        environment: Environment,
        application: str = "hello",
        plugins: Sequence[PluginEntry] = (),
    ) -> None:
        self.id = "20260101T000000-test"
        self.application = application
        self.world = world
        self.clock = clock
        self.workspace = workspace
        self.state = workspace / ".cdkit"
        self.artifacts = workspace / ".cdkit" / "runs" / self.id
        self.build = build
        self.environment = environment
        self.events: list[Event] = []
        self.findings = Findings()
        self._plugins = plugins
        self._redactor = Redactor()
        self._lock = threading.Lock()

    @property
    def extensions(self) -> Extensions:
        """What the plugins bring beside steps."""
        return load_steps([*installed_plugins(), *self._plugins]).extensions

    def emit(self, *events: Event) -> None:
        """Keep events as a reporter would see them: with their time, and without secrets."""
        with self._lock:
            now = self.clock.now()
            self.events += [self._redactor.event(msgspec.structs.replace(event, time=now)) for event in events]

    def hide(self, *secrets: str) -> None:
        """Mask values from now on."""
        self._redactor.add(*secrets)

    def redacted(self, text: str) -> str:
        """The text with the secrets in it masked."""
        return self._redactor.text(text)

    def holds_secret(self, text: str) -> bool:
        """Whether one of the run's secrets stands in a text."""
        return self._redactor.knows(text)


class StepRun:
    """How a step went.

    Attributes:
        problems: what `check` found; `run` was not called when there were any.
        changes: what `plan` said.
        events: all that the step said, in order, without secrets.
        error: what the step failed with, or None.
    """

    def __init__(
        self,
        problems: list[Problem],
        changes: list[Change],
        events: list[Event],
        error: CdkitError | None,
        outputs: Any,
    ) -> None:
        self.problems = problems
        self.changes = changes
        self.events = events
        self.error = error
        self._outputs = outputs

    @property
    def outputs(self) -> Any:
        """What the step handed on.

        Raises:
            CdkitError: the step failed.
        """
        if self.error is not None:
            raise self.error
        return self._outputs

    @property
    def lines(self) -> list[str]:
        """The lines that the step printed, of all streams."""
        return [event.line for event in self.of(StepOutput)]

    def of(self, kind: type[AnEvent]) -> list[AnEvent]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


def run_step(  # noqa: PLR0913 -- a test names what it cares about, and leaves out the rest
    step_class: type[Step],
    options: Mapping[str, Any],
    *,
    world: World | None = None,
    env: Mapping[str, str] | None = None,
    workspace: Path | None = None,
    build: Build | None = None,
    environment: Environment | None = None,
    application: str = "hello",
    clock: Clock | None = None,
    cancellation: Cancellation | None = None,
    plugins: Sequence[PluginEntry] = (),
    secrets: Iterable[str] = (),
) -> StepRun:
    """Check, plan and run one step, and clean up after it, as a pipeline would.

    Args:
        step_class: the step.
        options: what stands under `with:` in a pipeline file; read as there.
        world: the clients; fakes when left out.
        env: the environment of commands that the step starts.
        workspace: the folder of the pipeline file; an empty temporary one when left out.
        build: who runs us.
        environment: where the run deploys to.
        application: the pipeline's name.
        clock: the time; one that jumps to whatever is awaited when left out.
        cancellation: asks the step to stop.
        plugins: plugins beside those that are installed, for what they bring to the step.
        secrets: the values of the run's secrets.

    Raises:
        InvalidInput: the options are wrong.
    """
    run = RecordedRun(
        world=world or FakeWorld(),
        clock=clock or FakeClock(auto_advance=True),
        workspace=workspace or _temporary_folder(),
        build=build or Build(),
        environment=environment or Environment(),
        application=application,
        plugins=plugins,
    )
    run.hide(*secrets)
    context = StepContext(step_class.name, run, env=env or {}, cancellation=cancellation or Cancellation())
    return _perform(step_class(_options(step_class, options)), context, run)


def _options(step_class: type[Step], options: Mapping[str, Any]) -> StepOptions:
    """The options as the pipeline's own loader reads them, so that a test sees what a file would give."""
    problems: list[Problem] = []
    decoded = decode(Node.of(options, Position("options", 1, 1)), step_class.Options, problems)
    if decoded is None:
        raise InvalidInput(f"The options of {step_class.name} are wrong.", problems=problems)
    return decoded


def _perform(step: Step, context: StepContext, run: RecordedRun) -> StepRun:
    problems: list[Problem] = []
    changes: list[Change] = []
    try:
        problems.extend(step.check(context))
        if problems:
            raise CheckFailed("; ".join(map(str, problems)))
        changes.extend(step.plan(context))
        outputs = _outputs(step, context)
    except CdkitError as error:
        return StepRun(problems, changes, run.events, error, None)
    finally:
        context.clean_up()
    return StepRun(problems, changes, run.events, None, outputs)


def _outputs(step: Step, context: StepContext) -> StepOutputs:
    outputs = step.run(context)
    if not isinstance(outputs, step.Outputs):
        raise StepBroken(f"{step.name} gave {type(outputs).__name__} back; its outputs are {step.Outputs.__name__}.")
    return outputs


def _temporary_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="cdkit-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
