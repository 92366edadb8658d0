"""The image engine's client."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdkit.clients.engine.build import BuildLog
from cdkit.clients.engine.connection import EngineConnection
from cdkit.clients.engine.messages import registry_error, says_no_such_image
from cdkit.clients.engine.push import PushLog
from cdkit.errors import ObjectNotFound, WorkFailed, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import BuildRequest, Credentials, ImageReference
from cdkit.ports.image_engine import OnProgress, OnText

if TYPE_CHECKING:
    from docker import APIClient
    from docker.errors import APIError

NOT_FOUND = 404


class DockerEngine:
    """The Docker engine that DOCKER_HOST names, as `cdkit.ports.image_engine.ImageEngine` describes it.

    Nothing is asked of it before the first use. May be shared by threads.

    Args:
        environ: where DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH are looked up; None is our own environment.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._connection = EngineConnection(os.environ if environ is None else environ)

    def ping(self) -> str:
        """The engine's version.

        Raises:
            EngineUnreachable: it does not answer within five seconds.
        """
        with closing(self._connection.hello()) as client, self._connection.faults():
            return str(client.version()["Version"])

    def build(self, request: BuildRequest, *, on_line: OnText, cancellation: Cancellation) -> str:
        """Build an image and give its id (`sha256:...`, the digest of its configuration).

        The classic builder is used: it is the one that the engine's API itself offers.

        Raises:
            WorkFailed: an instruction of the Dockerfile failed; the evidence is the last of what it printed.
            RegistryUnreachable, AccessDenied, ObjectNotFound: a base image could not be pulled.
        """
        _require_files(request)
        log = BuildLog(on_line)
        try:
            for message in self._connection.stream(lambda client: _build(client, request), cancellation):
                log.read(message)
        except _api_error() as error:
            raise log.failure(_said(error)) from error
        log.close()
        if not log.image_id:
            raise WorldFailed("The engine ended the build without naming the image that it built.")
        return log.image_id

    def image_id(self, reference: str) -> str | None:
        """The id of an image that the engine has, or None."""
        client = self._connection.questions()
        try:
            with self._connection.faults():
                return str(client.inspect_image(reference)["Id"])  # type: ignore[no-untyped-call]
        except _api_error() as error:
            if error.status_code == NOT_FOUND:
                return None
            raise registry_error(_said(error), f"Cannot look up {reference}") from error

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
        except _api_error() as error:
            raise registry_error(_said(error), f"Cannot tag {image} as {reference}") from error

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
        except _api_error() as error:
            raise registry_error(_said(error), f"Cannot push {reference}") from error
        digest = log.digest or self.served_digest(reference, credentials=credentials)
        if not digest:
            raise ObjectNotFound(f"{reference} was pushed, and the registry does not serve it.")
        return digest

    def served_digest(self, reference: str, *, credentials: Credentials | None = None) -> str | None:
        """The digest by which the registry serves a reference now, or None when it has no such image.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        client = self._connection.questions()
        try:
            with self._connection.faults():
                found = client.inspect_distribution(reference, _login(credentials))  # type: ignore[no-untyped-call]
        except _api_error() as error:
            said = _said(error)
            if says_no_such_image(said):
                return None
            raise registry_error(said, f"Cannot ask the registry for {reference}") from error
        return str(found["Descriptor"]["digest"])


def _require_files(request: BuildRequest) -> None:
    if not Path(request.context).is_dir():
        raise WorkFailed(f"The build context {request.context} is no folder.", remedy="Correct the step's `context`.")
    if not Path(request.dockerfile).is_file():
        raise WorkFailed(
            f"There is no Dockerfile at {request.dockerfile}.",
            remedy="Correct the step's `dockerfile`, or add the file.",
        )


def _build(client: APIClient, request: BuildRequest) -> Iterable[dict[str, Any]]:
    with _readable(request.context):
        messages: Iterable[dict[str, Any]] = client.build(
            path=request.context,
            dockerfile=request.dockerfile,
            buildargs=dict(request.args),
            labels=dict(request.labels),
            target=request.target or None,
            pull=request.pull,
            rm=True,
            forcerm=True,
            decode=True,
        )
    return messages


@contextmanager
def _readable(context: str) -> Iterator[None]:
    """Tell a file of the build context that cannot be read from a fault of the connection; both are OSErrors."""
    from requests.exceptions import RequestException

    try:
        yield
    except (RequestException, ConnectionError):
        raise
    except OSError as error:
        raise WorkFailed(
            f"The build context {context} cannot be read: {error}.",
            remedy="Make the file readable, or leave it out with .dockerignore.",
        ) from error


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


def _api_error() -> type[APIError]:
    from docker.errors import APIError

    return APIError


def _said(error: APIError) -> str:
    return str(error.explanation or error)
