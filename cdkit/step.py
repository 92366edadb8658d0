"""What a step is, and what it can ask of its run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec

from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import Clock
from cdkit.models.build import Build
from cdkit.models.change import Change
from cdkit.models.environment import Environment
from cdkit.models.event import StepOutput, StepProgress, StepWaiting, Stream, TestsReported, Warned
from cdkit.models.problem import Problem, SelfChecking
from cdkit.models.test_report import TestReport
from cdkit.observe.access import Permission, check_namespace, check_permissions
from cdkit.ports.extensions import Extensions

if TYPE_CHECKING:
    from cdkit.diagnosis.companion import Companions
    from cdkit.diagnosis.judge import Decision
    from cdkit.diagnosis.verdict import Cause
    from cdkit.models.kube import Manifest, ObjectRef
    from cdkit.ports.cluster import Cluster, Watchable
    from cdkit.ports.commits import Commits
    from cdkit.ports.container_engine import ContainerEngine
    from cdkit.ports.image_engine import ImageEngine
    from cdkit.ports.processes import Processes
    from cdkit.ports.registry import Registry
    from cdkit.run import Run

Kept = TypeVar("Kept")


class StepOptions(SelfChecking, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of a step's options: typed, frozen, and every field documented with `msgspec.Meta`.

    The fields become the keys under `with:` in the pipeline file. `faults` tells what types cannot say.
    """


class StepOutputs(msgspec.Struct, frozen=True, kw_only=True):
    """The base of what a step hands on; a later step reads a field as `${{ steps.NAME.FIELD }}`."""


class NoOutputs(StepOutputs, frozen=True, kw_only=True):
    """For a step that hands nothing on."""


class StepContext:
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
    def is_first(self) -> bool:
        """Whether no other step of the run has begun to work: all is as the run's checks found it."""
        return set(self.run.begun) <= {self.step}

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
        """Keep in memory what `check` learned, for `run`. Of a class the last one is kept.

        It is kept until any step of the run ends, for that one may have changed everything. Whoever takes it up has to
        see that it still holds.
        """
        self.run.kept[self.step, type(what)] = what

    def kept(self, kind: type[Kept]) -> Kept | None:
        """What this step has kept last of a class, in this run; None when it has not."""
        found: Kept | None = self.run.kept.get((self.step, kind))
        return found

    def forget(self) -> None:
        """Forget what this step has kept: what it learned before is out of date."""
        for step, kind in list(self.run.kept):
            if step == self.step:
                self.run.kept.pop((step, kind), None)

    def say(self, line: str, stream: Stream = "log") -> None:
        """Show a line as this step's: `log` for its own words, the other streams for what a child printed."""
        self.run.emit(StepOutput(step=self.step, line=line, stream=stream))

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

    def follow_pod(
        self,
        ref: ObjectRef,
        container: str,
        on_look: Callable[[Manifest], None],
        *,
        source: Watchable | None = None,
        companions: Companions | None = None,
        cancellation: Cancellation | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> Decision:
        """Watch a pod that runs once until it has ended or cannot run; says what it waits for.

        Args:
            ref: the pod.
            container: its main container.
            on_look: gets the pod at every look.
            source: what speaks as the API server of the pod; the environment's cluster when left out.
            companions: containers beside the main one that may not end as they like.
            cancellation: ends the watching; that of the step when left out.
            tell: hears how the pod fares; it is said that this is waited for when left out.
        """
        from cdkit.diagnosis.companion import ALONE
        from cdkit.observe.pods import follow_pod

        return follow_pod(
            source or self.cluster,
            ref,
            container,
            on_look=on_look,
            cancellation=cancellation or self.cancellation,
            clock=self.clock,
            tell=tell or self.waiting,
            patience=self.environment.patience,
            companions=companions or ALONE,
        )

    def follow(self, ref: ObjectRef, seconds: float) -> Decision:
        """Watch an object of any kind until it is ready, never can be, or `seconds` have passed; says how it goes."""
        return self.follow_all((ref,), seconds)[ref]

    def follow_all(self, refs: Iterable[ObjectRef], seconds: float) -> Mapping[ObjectRef, Decision]:
        """Watch objects of any kind until all are ready, one never can be, or `seconds` have passed; says how it goes.

        They share their watches, one a kind and namespace: it costs no more to follow 30 workloads than one. An object
        that is not there has failed.
        """
        from cdkit.observe.at_once import READY, is_ready_at_once

        decisions = dict.fromkeys(refs, READY)
        if all(map(is_ready_at_once, decisions)):
            return decisions
        from cdkit.observe.objects import follow_objects

        return follow_objects(
            self.cluster,
            decisions,
            cancellation=self.cancellation,
            clock=self.clock,
            tell=self.waiting,
            patience=self.environment.patience,
            on_progress=lambda ref, progress: self.progress(str(ref), progress.done, progress.total, "replicas"),
            seconds=seconds,
        )

    def watched_kinds(self, refs: Iterable[ObjectRef]) -> list[tuple[str, str]]:
        """The API version and kind of all that `follow_all` watches for some objects; it takes the right to do so."""
        from cdkit.observe.at_once import is_ready_at_once

        followed = [ref for ref in refs if not is_ready_at_once(ref)]
        if not followed:
            return []
        from cdkit.observe.watches import watches

        return sorted({(query.api_version, query.kind) for query in watches(followed, {}).values()})

    def follow_removal(self, refs: Iterable[ObjectRef], seconds: float) -> Mapping[ObjectRef, Decision]:
        """Watch objects that were deleted until the last has gone, one is held, or `seconds` have passed."""
        from cdkit.observe.objects import follow_removal

        return follow_removal(
            self.cluster,
            refs,
            cancellation=self.cancellation,
            clock=self.clock,
            tell=self.waiting,
            patience=self.environment.patience,
            seconds=seconds,
        )

    def follow_generation(self, ref: ObjectRef, seconds: float) -> Decision:
        """Watch a workload until its controller has looked at it as it is now, or `seconds` have passed."""
        from cdkit.observe.objects import follow_generation

        return follow_generation(
            self.cluster, ref, cancellation=self.cancellation, clock=self.clock, tell=self.waiting, seconds=seconds
        )

    def follow_workload(self, ref: ObjectRef, seconds: float) -> Decision:
        """`follow`, as it was called first."""
        return self.follow(ref, seconds)

    def with_log(self, namespace: str, cause: Cause) -> Cause:
        """A cause, with the last lines of the container that failed as further evidence."""
        from cdkit.observe.evidence import with_log

        return with_log(self.cluster, namespace, cause, self.cancellation)

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
