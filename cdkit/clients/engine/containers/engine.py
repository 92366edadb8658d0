"""The client of an engine that runs containers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cdkit.clients.engine.containers import state
from cdkit.clients.engine.containers.body import container_body, volume_body
from cdkit.clients.engine.containers.execution import DockerExecution, execute
from cdkit.clients.engine.containers.frames import frames
from cdkit.clients.engine.containers.log_lines import log_lines
from cdkit.clients.engine.containers.pull import pull_request, read_pull
from cdkit.clients.engine.containers.request import Query, Request, filters, labels_filter, part, reference_part
from cdkit.clients.engine.containers.stream import Stream
from cdkit.clients.engine.containers.times import timestamp
from cdkit.clients.engine.containers.transport import Transport
from cdkit.clients.lines import LineSplitter
from cdkit.clients.registry.address import DOCKER_HUB
from cdkit.clients.registry.logins import Login, Logins
from cdkit.errors import ObjectConflict, ObjectNotFound
from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import SystemClock, measured
from cdkit.models.container import (
    ContainerRequest,
    ContainerState,
    EngineEvent,
    EngineVolume,
    ImageConfig,
    LogLine,
)
from cdkit.models.image import Credentials, ImageReference
from cdkit.ports.image_engine import OnProgress

REMOVAL_SECONDS, REMOVAL_PAUSE = 30.0, 0.05
"""How long a container that somebody else is removing may take to go, and the time between two looks."""


class DockerContainers:
    """The Docker engine that DOCKER_HOST names, as `cdkit.ports.container_engine.ContainerEngine` describes it.

    Nothing is asked of it before the first use. May be shared by threads.

    Args:
        environ: where the variables of Docker's clients, and the user's Docker configuration, are looked up; None is
            our own environment.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self._transport = Transport(environ)
        self._logins = Logins(environ)

    def image(self, reference: str) -> ImageConfig | None:
        """How an image that the engine has is run, or None when it has none of that name."""
        try:
            answer = self._get(f"Cannot look up the image {reference}", f"/images/{reference_part(reference)}/json")
        except ObjectNotFound:
            return None
        return state.image(answer)

    def pull(
        self,
        reference: str,
        *,
        credentials: Credentials | None = None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> None:
        """Fetch an image from its registry. Without credentials, those of the user's Docker configuration are used.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: as their names say.
        """
        host = ImageReference.parse(reference).registry or DOCKER_HUB
        login = Login.of(credentials) if credentials else self._logins.find(host)
        with self._transport.open(pull_request(reference, login), cancellation) as stream:
            read_pull(_lines(stream), reference, on_progress)

    def create_volume(self, name: str, labels: Mapping[str, str], *, in_memory: bool = False, size: int = 0) -> None:
        """Make an empty volume."""
        body = volume_body(name, labels, in_memory=in_memory, size=size)
        self._post(f"Cannot make the volume {name}", "/volumes/create", body)

    def create(self, request: ContainerRequest) -> str:
        """Make a container, which does not run yet; gives its id.

        Raises:
            ObjectConflict: there is one of that name.
            ObjectNotFound: the engine has no such image.
        """
        what, body = f"Cannot make the container {request.name}", container_body(request)
        answer = self._transport.ask(
            Request(what=what, method="POST", path="/containers/create", query={"name": request.name}, body=body)
        )
        return str(state.field_of(answer, "Id"))

    def start(self, container: str) -> None:
        """Let a container run. One that runs already is left alone.

        Raises:
            RequestRejected: its program cannot be started; `inspect` gives the engine's words, too.
        """
        self._post(f"Cannot start the container {container}", f"/containers/{part(container)}/start")

    def inspect(self, container: str) -> ContainerState | None:
        """How a container fares, or None when there is none."""
        try:
            answer = self._get(f"Cannot look up the container {container}", f"/containers/{part(container)}/json")
        except ObjectNotFound:
            return None
        return state.inspected(answer)

    def events(self, labels: Mapping[str, str], cancellation: Cancellation) -> Iterator[EngineEvent]:
        """What happens to containers with these labels from now on, until the engine hangs up or a cancel comes.

        Nothing is missed that happens after this call. The engine's answer begins before it listens, so that it is
        asked from the second on in which we are; what happened earlier in it is told, too.
        """
        query: Query = {
            "filters": filters(type=["container"], label=labels_filter(labels)),
            "since": self._transport.now(),
        }
        request = Request(what="Cannot watch the containers", method="GET", path="/events", query=query)
        return _events(self._transport.open(request, cancellation))

    def logs(
        self, container: str, *, since: str = "", follow: bool = False, cancellation: Cancellation
    ) -> Iterator[Sequence[LogLine]]:
        """The lines of a container's log, each stream in its order, until its end or the end of the container.

        They come in batches, as they are there.

        Args:
            container: its id or name.
            since: only lines of this time (RFC 3339 with nanoseconds) and later; those of this very time come again.
            follow: go on until the container ends.
            cancellation: ends it.
        """
        begin = timestamp(since) if since else ""
        query: Query = {"stdout": 1, "stderr": 1, "timestamps": 1, "follow": int(follow), "since": begin}
        what, path = f"Cannot read the log of the container {container}", f"/containers/{part(container)}/logs"
        with self._transport.open(Request(what=what, method="GET", path=path, query=query), cancellation) as stream:
            yield from log_lines(frames(stream.pieces()))

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> DockerExecution:
        """Run a command in a container that runs."""
        return execute(self._transport, container, command, stdin, cancellation)

    def read_archive(self, container: str, path: str, cancellation: Cancellation) -> Iterator[bytes]:
        """A file or folder of a container as a tar archive, piece by piece; the container need not run.

        Raises:
            ObjectNotFound: there is no such container, or no such path in it.
        """
        what = f"Cannot read {path} of the container {container}"
        request = Request(what=what, method="GET", path=f"/containers/{part(container)}/archive", query={"path": path})
        with self._transport.open(request, cancellation) as stream:
            yield from stream.pieces()

    def write_archive(self, container: str, path: str, archive: Iterable[bytes]) -> None:
        """Unpack a tar archive into a folder of a container, which must be there; the container need not run."""
        what, where = f"Cannot write {path} of the container {container}", f"/containers/{part(container)}/archive"
        self._transport.ask(Request(what=what, method="PUT", path=where, query={"path": path}, archive=archive))

    def rename(self, container: str, name: str) -> None:
        """Give a container another name."""
        what, path = f"Cannot rename the container {container}", f"/containers/{part(container)}/rename"
        self._transport.ask(Request(what=what, method="POST", path=path, query={"name": name}))

    def remove(self, container: str) -> bool:
        """Kill a container and remove it, with its anonymous volumes. False when there was none."""
        query = {"force": 1, "v": 1}
        try:
            return self._delete(f"Cannot remove the container {container}", f"/containers/{part(container)}", query)
        except ObjectConflict:
            # Somebody else is removing it.
            waited = measured(SystemClock())
            while self.inspect(container) is not None:
                if waited() > REMOVAL_SECONDS:
                    raise
                pause(SystemClock(), REMOVAL_PAUSE, Cancellation())
            return False

    def remove_volume(self, name: str) -> bool:
        """Remove a volume, which no container has any more. False when there was none."""
        return self._delete(f"Cannot remove the volume {name}", f"/volumes/{part(name)}")

    def containers(self, labels: Mapping[str, str]) -> list[ContainerState]:
        """All containers with these labels, whether they run or not, as far as a list tells of them."""
        query: Query = {"all": 1, "filters": filters(label=labels_filter(labels))}
        return state.listed(self._get("Cannot list the containers", "/containers/json", query))

    def volumes(self, labels: Mapping[str, str]) -> list[EngineVolume]:
        """The volumes with these labels. An empty value stands for any."""
        query = {"filters": filters(label=labels_filter(labels))}
        return state.volumes(self._get("Cannot list the volumes", "/volumes", query))

    def _get(self, what: str, path: str, query: Mapping[str, str | int] = {}) -> bytes:
        return self._transport.ask(Request(what=what, method="GET", path=path, query=query))

    def _post(self, what: str, path: str, body: object = None) -> None:
        self._transport.ask(Request(what=what, method="POST", path=path, body=body))

    def _delete(self, what: str, path: str, query: Mapping[str, str | int] = {}) -> bool:
        try:
            self._transport.ask(Request(what=what, method="DELETE", path=path, query=query))
        except ObjectNotFound:
            return False
        return True


def _lines(stream: Stream) -> Iterator[bytes]:
    splitter = LineSplitter()
    for piece in stream.pieces():
        yield from splitter.feed(piece)


def _events(stream: Stream) -> Iterator[EngineEvent]:
    with stream:
        for line in _lines(stream):
            yield state.event(line)
