"""The image engine's client."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdkit.clients.engine.api_errors import api_error, said_by
from cdkit.clients.engine.builders import Builders
from cdkit.clients.engine.connection import EngineConnection
from cdkit.clients.engine.messages import registry_error
from cdkit.clients.engine.push import PushLog
from cdkit.clients.process.local_processes import LocalProcesses
from cdkit.errors import WorkFailed, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import Credentials, ImageReference
from cdkit.models.image_build import Builder, BuildRequest
from cdkit.ports.image_engine import OnProgress, OnStep, OnText
from cdkit.ports.processes import Processes

if TYPE_CHECKING:
    from docker import APIClient

NOT_FOUND = 404


class DockerEngine:
    """The Docker engine that DOCKER_HOST names, as `cdkit.ports.image_engine.ImageEngine` describes it.

    Nothing is asked of it before the first use. May be shared by threads.

    Args:
        environ: where DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH and PATH are looked up; None is our own
            environment.
        processes: starts Docker clients that speak BuildKit; None is this machine's.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, processes: Processes | None = None) -> None:
        environ = os.environ if environ is None else environ
        self._connection = EngineConnection(environ)
        self._builders = Builders(self._connection, environ, processes or LocalProcesses())

    def ping(self) -> str:
        """The engine's version.

        Raises:
            EngineUnreachable: it does not answer within five seconds.
        """
        with closing(self._connection.hello()) as client, self._connection.faults():
            return str(client.version()["Version"])

    def builders(self) -> tuple[Builder, ...]:
        """BuildKit, where the engine has it and a Docker client here speaks it; and the classic builder.

        Raises:
            EngineUnreachable: the engine does not answer within five seconds.
        """
        return self._builders.list()

    def build(self, request: BuildRequest, *, on_line: OnText, on_step: OnStep, cancellation: Cancellation) -> str:
        """Build an image and give its id (`sha256:...`, the digest of its configuration).

        Raises:
            BuildFailed: an instruction of the Dockerfile failed; the evidence is the last of what it printed.
            WorkFailed: a file of the build is missing or cannot be read.
            RegistryUnreachable, AccessDenied, ObjectNotFound: a base image could not be pulled.
        """
        _require_files(request)
        builder = self._builders.get(request.builder)
        return builder.build(request, on_line, on_step, cancellation)

    def image_id(self, reference: str) -> str | None:
        """The id of an image that the engine has, or None."""
        image = self._inspect(reference)
        return None if image is None else str(image["Id"])

    def triggers(self, reference: str) -> tuple[str, ...]:
        """The instructions that an image brings to those built on it (ONBUILD); none when there is no such image."""
        image = self._inspect(reference) or {}
        return tuple((image.get("Config") or {}).get("OnBuild") or ())

    def tag(self, image: str, reference: str) -> None:
        """Give an image that the engine has another name.

        Raises:
            ObjectNotFound: the engine has no such image.
            RequestRejected: the new name is no image reference.
        """
        parsed = ImageReference.parse(reference)
        client = self._connection.questions()
        try:
            with self._connection.faults():
                client.tag(image, parsed.repository, parsed.tag or "latest")
        except api_error() as error:
            raise registry_error(said_by(error), f"Cannot tag {image} as {reference}") from error

    def push(
        self,
        reference: str,
        *,
        credentials: Credentials | None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> str:
        """Push a tagged image to its registry and give the digest that the registry serves it by.

        Without credentials, those of the user's Docker configuration are used.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: as their names say.
        """
        log = PushLog(reference, on_progress)
        try:
            for message in self._connection.stream(lambda client: _push(client, reference, credentials), cancellation):
                log.read(message)
        except api_error() as error:
            raise registry_error(said_by(error), f"Cannot push {reference}") from error
        if not log.digest:
            raise WorldFailed(f"The engine has pushed {reference}, and does not say by which digest it is served.")
        return log.digest

    def _inspect(self, reference: str) -> dict[str, Any] | None:
        client = self._connection.questions()
        try:
            with self._connection.faults():
                found: dict[str, Any] = client.inspect_image(reference)  # type: ignore[no-untyped-call]
        except api_error() as error:
            if error.status_code == NOT_FOUND:
                return None
            raise registry_error(said_by(error), f"Cannot look up {reference}") from error
        return found


def _require_files(request: BuildRequest) -> None:
    if not Path(request.context).is_dir():
        raise WorkFailed(f"The build context {request.context} is no folder.", remedy="Correct the step's `context`.")
    if not Path(request.dockerfile).is_file():
        raise WorkFailed(
            f"There is no Dockerfile at {request.dockerfile}.",
            remedy="Correct the step's `dockerfile`, or add the file.",
        )


def _push(client: APIClient, reference: str, credentials: Credentials | None) -> Iterable[dict[str, Any]]:
    parsed = ImageReference.parse(reference)
    # Without a tag the engine would push every tag of the repository.
    tag = parsed.tag or "latest"
    messages: Iterable[dict[str, Any]] = client.push(
        parsed.repository, tag, stream=True, decode=True, auth_config=_login(credentials)
    )
    return messages


def _login(credentials: Credentials | None) -> dict[str, str] | None:
    return {"username": credentials.username, "password": credentials.password} if credentials else None
