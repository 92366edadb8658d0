"""Where a test pod runs: one interface, which Kubernetes and the Docker engine both fulfil."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from cdkit.api import (
    Cancellation,
    Change,
    Duration,
    Execution,
    LogLine,
    ObjectRef,
    Problem,
    Watchable,
)
from cdkit_pods.spec import PodSpec


class RunningPod(Protocol):
    """A pod that a runtime has made. May be shared by threads, except where a method says otherwise."""

    @property
    def ref(self) -> ObjectRef:
        """The pod, as `source` knows it."""
        ...

    @property
    def source(self) -> Watchable:
        """Where the pod and its events are watched, in the words of the Kubernetes API on every runtime."""
        ...

    @property
    def where(self) -> str:
        """For a person: `in namespace shop-test`, `on the Docker engine`."""
        ...

    def open(self, container: str) -> None:
        """Let the program of a gated container start. A second time changes nothing."""
        ...

    def log(self, container: str, *, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        """The log of a container that has started, followed until its end; it may break off with `Unavailable`.

        Its lines come in batches, as they are there.

        Args:
            container: its name in the spec.
            since: only lines of this time and later; those of this very time come again. Empty for all.
            cancellation: ends it.
        """
        ...

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> Execution:
        """Run a command in a container of the spec that runs, or in the keeper."""
        ...

    def read_folder(self, volume: str, cancellation: Cancellation) -> Iterator[bytes]:
        """The content of a shared volume as a tar archive, whole, also when the connection broke in between.

        Members are relative to the volume (`./reports/unit.xml`).

        Raises:
            WorldFailed: the volume cannot be read any more: the pod is gone.
        """
        ...

    def write_folder(self, volume: str, archive: Iterable[bytes], cancellation: Cancellation) -> None:
        """Unpack a tar archive into a shared volume. The owner of what it holds may be anybody in the pod."""
        ...

    def keep(self, seconds: Duration) -> Sequence[str]:
        """Leave all as it is for so long, for a look; gives the commands with which to look, and to remove it."""
        ...

    def remove(self) -> None:
        """Remove the pod and all that was made for it. A second time changes nothing.

        Raises:
            WorldFailed: something stays; the message names it.
        """
        ...


class Runtime(Protocol):
    """One kind of place for test pods."""

    name: str
    """As in the option `runtime`."""

    def check(self, spec: PodSpec) -> Iterable[Problem]:
        """What would keep the pod from running, as far as it can be known without changing anything."""
        ...

    def plan(self, spec: PodSpec) -> Iterable[Change]:
        """What would come and go."""
        ...

    def start(self, spec: PodSpec) -> RunningPod:
        """Make the pod and all that it needs. Containers that are not gated start at once.

        What was made so far is removed when this raises.

        Raises:
            CdkitError: the runtime does not answer, or refuses; the reason of a cancellation.
        """
        ...

    def sweep(self) -> Sequence[str]:
        """Remove what runs that were killed have left behind; gives a line on each thing that was removed."""
        ...
