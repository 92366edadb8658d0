"""A runtime in memory: it plays what containers do, fails where it is told to, and knows what is left of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Self

import msgspec

from cdkit.api import (
    Cancellation,
    CdkitError,
    Change,
    Duration,
    Executed,
    Execution,
    LogLine,
    Manifest,
    ObjectRef,
    Problem,
    Watchable,
)
from cdkit.flow.clock import Inbox, Message
from cdkit.testing import FakeClock, FakeCluster
from cdkit_pods.spec import MAIN, PodSpec

NAMESPACE = "tests"
SHORT = 0.1
"""Seconds. Shorter waits gather a burst of news; they are no subject of a test, and over at once."""


class PatientClock(FakeClock):
    """A clock on which only what is worth a test takes time, and that only by `advance`."""

    def receive(self, inbox: Inbox[Message], until: float | None) -> Message | None:
        now = self.monotonic()
        return super().receive(inbox, now if until is not None and until - now < SHORT else until)


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """What a container does once it has started.

    Attributes:
        prints: its log.
        ends: its exit code; None when it goes on.
        reason: of its end, in the kubelet's word.
        waits: why it cannot start, in the kubelet's word; empty when it can.
        then: is called at last.
    """

    prints: tuple[str, ...] = ()
    ends: int | None = None
    reason: str = ""
    waits: str = ""
    then: Callable[[FakePod], None] | None = None


class FakeRuntime:
    """Implements `Runtime`.

    Args:
        acts: what each container does, by its name; one that is not named runs on, and the tests end with 0. May
            depend on the pod: a list has an entry for each.
        orphans: what a sweep finds.

    Attributes:
        pods: those that were made, in order.
        before: called with the name of every operation, before it is done; may raise.
    """

    name = "fake"

    def __init__(self, acts: Mapping[str, Acts | Sequence[Acts]] | None = None, orphans: Sequence[str] = ()) -> None:
        self.acts = acts or {}
        self.cluster = FakeCluster(NAMESPACE)
        self.pods: list[FakePod] = []
        self.before: Callable[[str], None] = lambda _: None
        self.orphans = orphans
        self._lock = threading.Lock()

    @property
    def left(self) -> list[str]:
        """The pods that nobody has removed."""
        return [pod.ref.name for pod in self.pods if not pod.removed]

    def check(self, spec: PodSpec) -> Iterable[Problem]:
        return ()

    def plan(self, spec: PodSpec) -> Iterable[Change]:
        return ()

    def start(self, spec: PodSpec) -> FakePod:
        self.before("start")
        with self._lock:
            pod = FakePod(self, spec, len(self.pods))
            self.pods.append(pod)
        pod.begin()
        return pod

    def sweep(self) -> Sequence[str]:
        self.before("sweep")
        return self.orphans


class FakePod:
    """Implements `RunningPod`.

    Attributes:
        did: the operations on it, in order, and what its containers did: `open db`, `start db`, `end db`.
        files: what was written into each volume.
        archives: what each volume holds, as a tar archive.
    """

    where = "in memory"

    def __init__(self, runtime: FakeRuntime, spec: PodSpec, number: int) -> None:
        self.spec = spec
        self.number = number
        self.did: list[str] = []
        self.files: dict[str, list[bytes]] = {}
        self.archives: dict[str, bytes] = {}
        self.removed = False
        self.kept: Duration | None = None
        self._runtime = runtime
        self._lock = threading.RLock()
        self._states: dict[str, Manifest] = {}
        self._ref = ObjectRef("v1", "Pod", f"pod-{number}", NAMESPACE)

    @property
    def ref(self) -> ObjectRef:
        return self._ref

    @property
    def source(self) -> Watchable:
        return self._runtime.cluster

    def begin(self) -> None:
        """Make the pod, and start what is not gated."""
        spec = {
            "restartPolicy": "Never",
            "containers": [{"name": each.name, "image": each.image} for each in self.spec.containers],
        }
        metadata = {"name": self.ref.name, "namespace": NAMESPACE}
        self._runtime.cluster.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        for container in self.spec.containers:
            self._be(container.name, {"waiting": {"reason": "ContainerCreating"}})
        for container in self.spec.containers:
            if not container.gated:
                self._start(container.name)

    def end(self, container: str, code: int, reason: str = "") -> None:
        """Let a container end now."""
        with self._lock:
            self.did.append(f"end {container}")
            self._runtime.cluster.logs_of_pods.write(self.ref.name, container)
            reason = reason or ("Error" if code else "Completed")
            self._be(container, {"terminated": {"exitCode": code, "reason": reason}})

    def end_before_its_last_words(self, container: str, code: int, *words: str) -> None:
        """Let a container end now, of whose log the last lines come only when its end has been seen."""
        with self._lock:
            self._be(container, {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed"}})
        logs = self._runtime.cluster.logs_of_pods
        threading.Timer(0.1, logs.write, (self.ref.name, container, *words)).start()

    def open(self, container: str) -> None:
        self._operate(f"open {container}")
        self._start(container)

    def log(self, container: str, *, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        self._runtime.before("log")
        return self._runtime.cluster.log_lines(self.ref, container, since=since, cancellation=cancellation)

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> Execution:
        self._operate(f"execute {container}")
        return FakeExecution()

    def read_folder(self, volume: str, cancellation: Cancellation) -> Iterator[bytes]:
        self._operate(f"read {volume}")
        cancellation.raise_if_cancelled()
        yield self.archives.get(volume, bytes(10240))

    def write_folder(self, volume: str, archive: Iterable[bytes], cancellation: Cancellation) -> None:
        self._operate(f"write {volume}")
        self.files.setdefault(volume, []).append(b"".join(archive))

    def keep(self, seconds: Duration) -> Sequence[str]:
        self._operate("keep")
        self.kept = seconds
        return ["look at it", "remove it"]

    def remove(self) -> None:
        self._operate("remove")
        self.removed = True
        self._runtime.cluster.remove(self.ref)
        for container in self.spec.containers:
            self._runtime.cluster.logs_of_pods.write(self.ref.name, container.name)

    def _operate(self, operation: str) -> None:
        self._runtime.before(operation)
        self.did.append(operation)

    def _start(self, container: str) -> None:
        acts = self._acts_of(container)
        if acts.waits:
            self._be(container, {"waiting": {"reason": acts.waits}})
            return
        with self._lock:
            self.did.append(f"start {container}")
            logs = self._runtime.cluster.logs_of_pods
            logs.write(self.ref.name, container, *acts.prints, still_running=acts.ends is None)
            self._be(container, {"running": {"startedAt": "2026-01-01T00:00:00Z"}})
            if acts.ends is not None:
                self.end(container, acts.ends, acts.reason)
        if acts.then is not None:
            acts.then(self)

    def _acts_of(self, container: str) -> Acts:
        given = self._runtime.acts.get(container, Acts(ends=0) if container == MAIN else Acts())
        return given if isinstance(given, Acts) else given[min(self.number, len(given) - 1)]

    def _be(self, container: str, state: Manifest) -> None:
        with self._lock:
            self._states[container] = state
            statuses = [
                {"name": name, "ready": "running" in each, "restartCount": 0, "state": each}
                for name, each in self._states.items()
            ]
            self._runtime.cluster.put_status(self.ref, {"phase": "Running", "containerStatuses": statuses})


class FakeExecution:
    """A command that ends well at once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def output(self) -> Iterator[bytes]:
        return iter(())

    def ended(self) -> Executed:
        return Executed(0)


class Failure:
    """Lets the operation of a number fail, whichever it is.

    Args:
        number: counted from 0.
        error: what it raises.
    """

    def __init__(self, number: int, error: Callable[[], CdkitError]) -> None:
        self.number = number
        self.happened = ""
        self._error = error
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, operation: str) -> None:
        with self._lock:
            number, self._count = self._count, self._count + 1
        if number == self.number:
            self.happened = operation
            raise self._error()
