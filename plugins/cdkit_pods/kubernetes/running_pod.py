"""A test pod in a cluster."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from cdkit.api import (
    Cancellation,
    Duration,
    Executed,
    Execution,
    LogLine,
    ObjectNotFound,
    ObjectRef,
    StepContext,
    Watchable,
    WorldFailed,
    pause,
)
from cdkit_pods.kubernetes.belongings import Belongings
from cdkit_pods.kubernetes.folders import read_folder, write_folder
from cdkit_pods.kubernetes.gates import BUSYBOX, opening
from cdkit_pods.kubernetes.heartbeat import Heartbeat
from cdkit_pods.kubernetes.manifest import VOLUMES
from cdkit_pods.kubernetes.outages import Pause, through_outages
from cdkit_pods.looks import ContainerLook, ContainerPhase
from cdkit_pods.ownership import kept
from cdkit_pods.spec import KEEPER

LOOK_SECONDS = 0.2
"""Between two looks at whether the keeper runs."""

OVER = ("Failed", "Succeeded")
"""Phases of a pod in which none of its containers runs; of one that was evicted, no container is told of."""


class KubernetesPod:
    """A test pod in a cluster. Implements `RunningPod`.

    Args:
        ctx: the step that it is for.
        ref: the pod.
        root: what everything of it belongs to: the pod itself, or its own namespace.
        belongings: all that was made for it.
        has_keeper: whether commands can be run in a keeper.
    """

    def __init__(
        self, ctx: StepContext, ref: ObjectRef, *, root: ObjectRef, belongings: Belongings, has_keeper: bool
    ) -> None:
        self.ref = ref
        self._ctx = ctx
        self._root = root
        self._belongings = belongings
        self._has_keeper = has_keeper
        self._keeper_runs = False
        self._heartbeat = Heartbeat(ctx, root)
        self._heartbeat.start()

    @property
    def source(self) -> Watchable:
        """The cluster."""
        return self._ctx.cluster

    @property
    def where(self) -> str:
        """`in namespace shop-test`."""
        return f"in namespace {self.ref.namespace}"

    def open(self, container: str) -> None:
        """Let the program of a gated container start, as soon as the keeper runs. A second time changes nothing.

        Raises:
            WorldFailed: the pod is gone, or its keeper has ended.
        """
        cancellation = self._ctx.cancellation
        ended = through_outages(
            lambda: self._ended_in_keeper(opening(container), cancellation), self._pause(cancellation)
        )
        if ended.exit_code:
            message = f"{container!r} of {self.ref} cannot be started: its gate does not open."
            raise WorldFailed(message, evidence=ended.errors.splitlines())

    def log(self, container: str, *, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        """The log of a container that has started, followed until its end; it may break off with `Unavailable`."""
        return self._ctx.cluster.log_lines(self.ref, container, since=since, cancellation=cancellation)

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> Execution:
        """Run a command in a container that runs, or in the keeper, which is waited for."""
        if container == KEEPER:
            return self._in_keeper(command, stdin, cancellation)
        return self._ctx.cluster.execute(self.ref, container, command, stdin=stdin, cancellation=cancellation)

    def read_folder(self, volume: str, cancellation: Cancellation) -> Iterator[bytes]:
        """The content of a shared volume as a tar archive, whole, also when the connection broke in between.

        Raises:
            WorldFailed: the volume cannot be read any more, or changed while the connection was broken; or the keeper
                has not started, which is not waited for, because tests that have left something began after it.
        """
        # It is asked again: a pod that was evicted has lost its keeper.
        if self._keeper_phase() != "running":
            raise WorldFailed(f"The keeper of {self.ref} has never started, and with it nothing can be read.")
        return read_folder(
            lambda command, stdin: self._in_keeper(command, stdin, cancellation),
            f"{VOLUMES}/{volume}",
            self._pause(cancellation),
        )

    def write_folder(self, volume: str, archive: Iterable[bytes], cancellation: Cancellation) -> None:
        """Unpack a tar archive into a shared volume; all containers may read and write what it holds."""
        write_folder(
            lambda command, stdin: self._in_keeper(command, stdin, cancellation), f"{VOLUMES}/{volume}", archive
        )

    def keep(self, seconds: Duration) -> Sequence[str]:
        """Leave all as it is for so long, for a look; gives the commands with which to look, and to remove it."""
        self._heartbeat.stop()
        annotations = kept(self._ctx.clock.now() + seconds)
        self._ctx.cluster.patch(self._root, {"metadata": {"annotations": annotations}}, "merge")
        return [shlex.join(command) for command in self._commands()]

    def remove(self) -> None:
        """Remove the pod and all that was made for it. A second time changes nothing.

        Raises:
            WorldFailed: something stays; the message names it.
        """
        self._heartbeat.stop()
        self._belongings.remove()

    def _commands(self) -> Iterator[Sequence[str]]:
        context = ("--context", self._ctx.environment.context) if self._ctx.environment.context else ()
        kubectl = ("kubectl", *context)
        inside = (*kubectl, "-n", self.ref.namespace)
        yield (*inside, "describe", "pod", self.ref.name)
        yield (*inside, "logs", self.ref.name, "--all-containers", "--prefix")
        if self._has_keeper:
            yield (*inside, "exec", "-it", self.ref.name, "-c", KEEPER, "--", BUSYBOX, "sh")
        where = kubectl if self._root.kind == "Namespace" else inside
        yield (*where, "delete", self._root.kind.lower(), self._root.name)

    def _pause(self, cancellation: Cancellation) -> Pause:
        return lambda seconds: pause(self._ctx.clock, seconds, cancellation)

    def _ended_in_keeper(self, command: Sequence[str], cancellation: Cancellation) -> Executed:
        with self._in_keeper(command, (), cancellation) as execution:
            return execution.ended()

    def _in_keeper(self, command: Sequence[str], stdin: Iterable[bytes], cancellation: Cancellation) -> Execution:
        self._await_keeper(cancellation)
        return self._ctx.cluster.execute(self.ref, KEEPER, command, stdin=stdin, cancellation=cancellation)

    def _await_keeper(self, cancellation: Cancellation) -> None:
        while not self._keeper_runs:
            self._keeper_runs = self._keeper_phase() == "running"
            if not self._keeper_runs:
                pause(self._ctx.clock, LOOK_SECONDS, cancellation)

    def _keeper_phase(self) -> ContainerPhase:
        """How far the keeper has come, which has not ended.

        Raises:
            WorldFailed: it has ended already, or the pod is gone.
        """
        pod = self._ctx.cluster.get(self.ref)
        if pod is None:
            raise ObjectNotFound(f"{self.ref} is not in the namespace {self.ref.namespace!r} any more.")
        phase = ContainerLook.at(pod, KEEPER).phase
        if phase == "ended" or pod.get("status", {}).get("phase") in OVER:
            raise WorldFailed(f"The keeper of {self.ref} has ended, and with it nothing can be reached in the pod.")
        return phase
