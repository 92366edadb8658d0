"""What a step is, and what it can ask of its run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from cdkit.findings import Finding
from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import Clock
from cdkit.following import Following
from cdkit.models.build import Build
from cdkit.models.change import Change
from cdkit.models.environment import Environment
from cdkit.models.event import StepOutput, StepProgress, StepWaiting, Stream, TestsReported, Warned
from cdkit.models.problem import Problem, SelfChecking
from cdkit.models.test_report import TestReport
from cdkit.observe.access import Permission, check_namespace, check_permissions
from cdkit.ports.extensions import Extensions

if TYPE_CHECKING:
    from cdkit.ports.cluster import Cluster
    from cdkit.ports.commits import Commits
    from cdkit.ports.container_engine import ContainerEngine
    from cdkit.ports.image_engine import ImageEngine
    from cdkit.ports.processes import Processes
    from cdkit.ports.registry import Registry
    from cdkit.run import Run


class StepOptions(SelfChecking, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of a step's options: typed, frozen, and every field documented with `msgspec.Meta`.

    The fields become the keys under `with:` in the pipeline file. `faults` tells what types cannot say.
    """


class StepOutputs(msgspec.Struct, frozen=True, kw_only=True):
    """The base of what a step hands on; a later step reads a field as `${{ steps.NAME.FIELD }}`."""


class NoOutputs(StepOutputs, frozen=True, kw_only=True):
    """For a step that hands nothing on."""


class StepContext(Following):
    """What a step can ask of its run, and tell it.

    Args:
        step: the step's name in the pipeline.
        run: the run around it.
        env: the environment variables for commands that the step starts.
        cancellation: asks the step to stop, at its deadline too.
        pending: the names of options that hold a placeholder, because the step that gives their value has not run.
            Only `check` and `plan` ever see any.
    """

    def __init__(
        self,
        step: str,
        run: Run,
        *,
        env: Mapping[str, str],
        cancellation: Cancellation,
        pending: frozenset[str] = frozenset(),
    ) -> None:
        self.step = step
        self.run = run
        self.env = env
        self.cancellation = cancellation
        self.pending = pending
        self._cleanups: list[tuple[str, Callable[[], None]]] = []

    @property
    def run_id(self) -> str:
        """The run's id, unique and sortable by time."""
        return self.run.id

    @property
    def application(self) -> str:
        """What the pipeline delivers: its name. What a deployment leaves in a cluster is kept under it."""
        return self.run.application

    @property
    def build(self) -> Build:
        """Who runs us, and for which commit."""
        return self.run.build

    @property
    def environment(self) -> Environment:
        """Where the run deploys to."""
        return self.run.environment

    @property
    def workspace(self) -> Path:
        """The folder of the pipeline file."""
        return self.run.workspace

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.run.clock

    @property
    def extensions(self) -> Extensions:
        """What the run's plugins bring beside steps."""
        return self.run.extensions

    @property
    def images(self) -> ImageEngine:
        """The image engine."""
        return self.run.world.images()

    @property
    def containers(self) -> ContainerEngine:
        """The engine that runs containers."""
        return self.run.world.containers()

    @property
    def registry(self) -> Registry:
        """The image registries, without an engine in between."""
        return self.run.world.registry()

    @property
    def processes(self) -> Processes:
        """Commands on this machine."""
        return self.run.world.processes()

    @property
    def commits(self) -> Commits:
        """The history of the project's checkout."""
        return self.run.world.commits(str(self.workspace))

    @property
    def cluster(self) -> Cluster:
        """The cluster of the run's environment."""
        return self.run.world.cluster(self.environment.context)

    @property
    def namespace(self) -> str:
        """The namespace of the run's environment, else the kube context's."""
        return self.environment.namespace or self.cluster.default_namespace

    def path(self, relative: str) -> Path:
        """A path of the workspace, made absolute."""
        return (self.workspace / relative).resolve()

    def artifact(self, name: str) -> Path:
        """A file or folder for this step in the run's artifact folder; its parent exists."""
        path = self.run.artifacts / self.step / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def memory(self, name: str) -> Path:
        """A file or folder of the workspace for what steps want to know in later runs; it need not exist yet.

        Nothing may depend on it: it is not there on a fresh machine, and anybody may remove it.
        """
        return self.run.state / "memory" / name

    def keep(self, what: object) -> None:
        """Keep in memory what `check` has found, for `run`. Of a class the last one is kept.

        It is there until another step of the run begins to work, for that one may change everything: files, images,
        the cluster. What others change meanwhile, on another machine or by hand, whoever takes it up has to see.
        """
        self.run.findings.keep(self.step, what)

    def kept(self, kind: type[Finding]) -> Finding | None:
        """What this step has kept last of a class; None when it has not, or when another step has worked since."""
        return self.run.findings.kept(self.step, kind)

    def forget(self) -> None:
        """Forget what this step has kept: what it found before is out of date."""
        self.run.findings.forget(self.step)

    def say(self, line: str, stream: Stream = "log") -> None:
        """Show a line as this step's: `log` for its own words, the other streams for what a child printed."""
        self.run.emit(StepOutput(step=self.step, line=line, stream=stream))

    def say_lines(self, lines: Iterable[str], stream: Stream = "log") -> None:
        """Show lines that came together, as `say` does with one; of very many this takes half the time."""
        self.run.emit(*[StepOutput(step=self.step, line=line, stream=stream) for line in lines])

    def warn(self, message: str) -> None:
        """Show something that a person should know although the step goes on."""
        self.run.emit(Warned(step=self.step, message=message))

    def redacted(self, text: str) -> str:
        """The text with the run's secrets masked, for what is written where others can read it."""
        return self.run.redacted(text)

    def holds_secret(self, text: str) -> bool:
        """Whether one of the run's secrets stands in a text, which must not be written where others can read it."""
        return self.run.holds_secret(text)

    def waiting(self, what: str) -> None:
        """Say what the step waits for from now on; it is repeated as a sign of life."""
        self.run.emit(StepWaiting(step=self.step, what=what))

    def progress(self, item: str, current: int, total: int, unit: str = "") -> None:
        """Say how far an item has come; `total` is 0 when it is not known."""
        self.run.emit(StepProgress(step=self.step, item=item, current=current, total=total, unit=unit))

    def report_tests(self, report: TestReport) -> None:
        """Show what the tests of the step have found."""
        self.run.emit(TestsReported(step=self.step, report=report))

    def sleep(self, seconds: float) -> None:
        """Wait, unless the step is asked to stop."""
        pause(self.clock, seconds, self.cancellation)

    def check_namespace(self) -> Iterable[Problem]:
        """What is wrong with the namespace that the step works in."""
        return check_namespace(self.cluster, self.namespace, self.step)

    def check_permissions(self, needed: Iterable[Permission]) -> Iterable[Problem]:
        """What the account is not allowed in the namespace of all that is needed there."""
        return check_permissions(self.cluster, self.namespace, needed)

    def defer(self, what: str, cleanup: Callable[[], None]) -> Callable[[], None]:
        """Do `cleanup` when the step ends, however it ends. Gives a function that takes this back.

        Args:
            what: said to the person when the clean-up fails ('delete Pod test-x').
            cleanup: called once, after the step, also when it was cancelled.
        """
        entry = (what, cleanup)
        self._cleanups.append(entry)

        def forget() -> None:
            if entry in self._cleanups:
                self._cleanups.remove(entry)

        return forget

    def clean_up(self) -> None:
        """Do all that was deferred, the newest first. For the engine and the test kit."""
        while True:
            try:
                # The engine may clean up for a step that does not stop, while the step itself does.
                what, cleanup = self._cleanups.pop()
            except IndexError:
                return
            try:
                cleanup()
            except Exception as error:  # noqa: BLE001 -- one failed clean-up must not keep the others from being done
                self.warn(f"Could not {what}: {error}")


class Step(ABC):
    """One kind of step. A plugin registers the class; the pipeline makes an instance for each use.

    A subclass declares `name`, its `Options` and `Outputs`, and annotates `options: Options` for its own reading.
    `permissions` tells what the account must be allowed in the cluster: a verb, an API group, and a resource in the
    plural each; `cdkit doctor` asks for them.
    """

    name: ClassVar[str]
    Options: ClassVar[type[StepOptions]]
    Outputs: ClassVar[type[StepOutputs]] = NoOutputs
    permissions: ClassVar[tuple[Permission, ...]] = ()
    options: Any

    def __init__(self, options: StepOptions) -> None:
        self.options = options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """Look, without changing anything, for what would make `run` fail. Runs before any step runs."""
        return ()

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """Tell, without changing anything, what `run` would change."""
        return (Change("run", self.name),)

    @abstractmethod
    def run(self, ctx: StepContext) -> StepOutputs:
        """Do the work and hand on what came of it."""
