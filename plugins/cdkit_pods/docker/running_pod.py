"""A test pod on an engine."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from cdkit.api import (
    Cancellation,
    Cancelled,
    Duration,
    Execution,
    LogLine,
    ObjectRef,
    StepContext,
    WorldFailed,
    pause,
)
from cdkit_pods.docker.known_pod import KnownPod
from cdkit_pods.docker.launch import Launch
from cdkit_pods.docker.naming import VOLUMES, container_name, volume_name
from cdkit_pods.docker.removal import remove_pod
from cdkit_pods.docker.requests import BUSYBOX
from cdkit_pods.docker.source import PodSource
from cdkit_pods.docker.told import containers_of
from cdkit_pods.docker.whole_archive import whole
from cdkit_pods.ownership import kept
from cdkit_pods.spec import KEEPER, MAIN

MARKER = "cdkit-kept"
"""The volume of a pod that is kept: labels of an engine cannot change, so that a further thing says until when."""


class DockerPod:
    """A test pod on an engine. Implements `RunningPod`.

    Args:
        ctx: the step that it is for.
        pod: what is known of it.
    """

    where = "on the Docker engine"

    def __init__(self, ctx: StepContext, pod: KnownPod) -> None:
        self.ref = ObjectRef("v1", "Pod", pod.pod.name)
        self.source = PodSource(ctx.containers, pod, ctx.clock)
        self._ctx = ctx
        self._engine = ctx.containers
        self._pod = pod
        # Not the step's: a pod that is kept, or drained after a cancel, is up for longer.
        self._over = Cancellation()
        self._launch = Launch(ctx, pod, self._over)
        self._launch.begin()

    def open(self, container: str) -> None:
        """Let the program of a gated container start, as soon as it is made. A second time changes nothing."""
        self._launch.open(container)

    def log(self, container: str, *, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        """The log of a container that has started, followed until its end; it may break off with `Unavailable`."""
        key = self._pod.await_made(container, cancellation)
        return self._engine.logs(key, since=since, follow=True, cancellation=cancellation)

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> Execution:
        """Run a command in a container that runs, or in the keeper; its start is waited for."""
        key = self._pod.await_start(container, cancellation)
        return self._engine.execute(key, command, stdin=stdin, cancellation=cancellation)

    def read_folder(self, volume: str, cancellation: Cancellation) -> Iterator[bytes]:
        """The content of a shared volume as a tar archive, whole, also when the connection broke in between.

        Raises:
            WorldFailed: the volume cannot be read any more, or changed while the connection was broken.
        """
        keeper = self._pod.await_start(KEEPER, cancellation)
        # The engine names the members after the last part of the path.
        path = f"{VOLUMES}/{volume}/."
        return whole(
            lambda: self._engine.read_archive(keeper, path, cancellation),
            lambda seconds: pause(self._ctx.clock, seconds, cancellation),
        )

    def write_folder(self, volume: str, archive: Iterable[bytes], cancellation: Cancellation) -> None:
        """Unpack a tar archive into a shared volume; what its owner may, all containers may with what it holds.

        Raises:
            WorldFailed: it cannot be unpacked.
            CdkitError: the reason of the cancellation.
        """
        keeper, folder = self._pod.await_start(KEEPER, cancellation), f"{VOLUMES}/{volume}"
        self._engine.write_archive(keeper, folder, _unless_cancelled(archive, cancellation))
        open_it = (BUSYBOX, "chmod", "-R", "go=u", folder)
        with self._engine.execute(keeper, open_it, cancellation=cancellation) as execution:
            ended = execution.ended()
        if ended.exit_code:
            message = f"The files in the volume {volume!r} of {self.ref} cannot be opened to all its containers."
            raise WorldFailed(message, evidence=ended.errors.splitlines())

    def keep(self, seconds: Duration) -> Sequence[str]:
        """Leave all as it is for so long, for a look; gives the commands with which to look, and to remove it."""
        pod = self._pod.pod
        marks = kept(self._ctx.clock.now() + seconds)
        self._engine.create_volume(volume_name(pod, MARKER), {**pod.labels, **marks})
        return [shlex.join(command) for command in self._commands()]

    def remove(self) -> None:
        """Remove the pod and all that was made for it. A second time changes nothing.

        Raises:
            WorldFailed: something stays; the message names it.
        """
        self._over.cancel(Cancelled("The test pod is removed."))
        self._launch.end()
        remove_pod(self._engine, self.ref.name)

    def _commands(self) -> Iterator[Sequence[str]]:
        pod, spec = self._pod.pod, self._pod.spec
        names = [container_name(pod, container.name) for container in containers_of(spec)]
        for container in spec.containers:
            yield "docker", "logs", container_name(pod, container.name)
        yield "docker", "inspect", container_name(pod, MAIN)
        if spec.keeper:
            yield "docker", "exec", "-it", container_name(pod, KEEPER), BUSYBOX, "sh"
        yield "docker", "rm", "--force", "--volumes", *names
        yield (
            "docker",
            "volume",
            "rm",
            *(volume_name(pod, volume.name) for volume in spec.volumes),
            volume_name(pod, MARKER),
        )


def _unless_cancelled(pieces: Iterable[bytes], cancellation: Cancellation) -> Iterator[bytes]:
    for piece in pieces:
        cancellation.raise_if_cancelled()
        yield piece
