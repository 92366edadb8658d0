"""The classic builder: the one that the engine's own API offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cdkit.clients.engine.api_errors import api_error, said_by
from cdkit.clients.engine.classic_log import BuildLog
from cdkit.clients.engine.connection import EngineConnection
from cdkit.clients.engine.context_tar import ContextTar
from cdkit.errors import WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import ImageReference
from cdkit.models.image_build import BuildAbility, Builder, BuildRequest
from cdkit.ports.image_engine import OnStep, OnText

if TYPE_CHECKING:
    from docker import APIClient

ABILITIES: frozenset[BuildAbility] = frozenset({"networks"})


def classic_builder(version: str) -> Builder:
    """What the classic builder of an engine can do."""
    return Builder(name="classic", via=f"the classic builder of Docker {version}", abilities=ABILITIES)


class ClassicBuilder:
    """Builds through the engine's API.

    Args:
        connection: to the engine.
    """

    def __init__(self, connection: EngineConnection) -> None:
        self._connection = connection

    def build(self, request: BuildRequest, on_line: OnText, on_step: OnStep, cancellation: Cancellation) -> str:
        """Build an image and give its id.

        Raises:
            BuildFailed: an instruction failed; the evidence is the last of what was printed.
            WorkFailed: a file of the context cannot be read.
            RegistryUnreachable, AccessDenied, ObjectNotFound: a base image could not be pulled.
        """
        for reference in request.cache_from:
            self._fetch(reference, on_line, cancellation)
        log = BuildLog(on_line, on_step)
        archive = ContextTar(request, cancellation)
        try:
            for message in self._connection.stream(lambda client: _build(client, request, archive), cancellation):
                log.read(message)
        except api_error() as error:
            raise log.failure(said_by(error)) from error
        log.close()
        if not log.image_id:
            raise WorldFailed("The engine ended the build without naming the image that it built.")
        return log.image_id

    def _fetch(self, reference: str, on_line: OnText, cancellation: Cancellation) -> None:
        """Pull an image that is to serve as cache: this builder looks only at what the engine has."""
        parsed = ImageReference.parse(reference)
        tag = parsed.digest or parsed.tag or "latest"
        try:
            for message in self._connection.stream(
                lambda client: client.pull(parsed.repository, tag=tag, stream=True, decode=True), cancellation
            ):
                if "error" in message:
                    on_line(f"{reference} does not serve as cache: {message['error']}")
        except api_error() as error:
            on_line(f"{reference} does not serve as cache: {said_by(error)}")


def _build(client: APIClient, request: BuildRequest, archive: ContextTar) -> Iterable[dict[str, Any]]:
    for host, login in request.logins.items():
        # It stays in the memory of this client, which hands it to the engine with the build.
        client.login(login.username, login.password, registry=host or None, reauth=True)
    messages: Iterable[dict[str, Any]] = client.build(
        fileobj=archive.pieces(),  # type: ignore[arg-type]  # the stubs ask for a file; an iterator is sent piece by piece
        custom_context=True,
        dockerfile=archive.dockerfile,
        buildargs=dict(request.args),
        labels=dict(request.labels),
        target=request.target or None,
        platform=request.platforms[0] if request.platforms else None,
        cache_from=list(request.cache_from),
        network_mode=request.network or None,
        extra_hosts=dict(request.extra_hosts),
        nocache=request.no_cache,
        pull=request.pull,
        rm=True,
        forcerm=True,
        decode=True,
    )
    return messages
