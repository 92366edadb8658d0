"""Building with BuildKit: its client is a child of ours, which the engine follows when it ends."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from cdkit.clients.engine.buildkit.command import build_command
from cdkit.clients.engine.buildkit.docker_cli import DockerCli
from cdkit.clients.engine.buildkit.plain_log import PlainLog
from cdkit.clients.private_folder import private_folder, write_private
from cdkit.clients.registry.client_config import write_docker_config
from cdkit.errors import WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image_build import BuildRequest, BuildSecret
from cdkit.ports.image_engine import OnStep, OnText
from cdkit.ports.processes import Processes

SETTINGS = {"DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}


class BuildKitBuilder:
    """Builds through a Docker client.

    Args:
        cli: the client.
        environ: its environment.
        processes: starts it.
    """

    def __init__(self, cli: DockerCli, environ: Mapping[str, str], processes: Processes) -> None:
        self._cli = cli
        self._environ = environ
        self._processes = processes

    def build(self, request: BuildRequest, on_line: OnText, on_step: OnStep, cancellation: Cancellation) -> str:
        """Build an image and give its id.

        Raises:
            BuildFailed: an instruction failed; the evidence is the last of what it printed.
            RegistryUnreachable, AccessDenied, ObjectNotFound: a base image could not be pulled.
        """
        log = PlainLog(on_line, on_step)
        with private_folder() as folder:
            id_file = folder / "image-id"
            command = build_command(
                self._cli,
                request,
                dockerfile=_dockerfile(request, folder),
                id_file=str(id_file),
                secret_files=_secret_files(request.secrets, folder),
            )
            code = self._processes.run(
                command,
                directory=request.context,
                env={**self._environment(request, folder), **SETTINGS},
                on_line=lambda line, _: log.read(line),
                cancellation=cancellation,
            )
            if code != 0:
                raise log.failure()
            return _image_id(id_file)

    def _environment(self, request: BuildRequest, folder: Path) -> Mapping[str, str]:
        """That of the client; with logins of its own in the private folder, where the build has any."""
        if not request.logins:
            return self._environ
        config = folder / "docker"
        config.mkdir(mode=0o700)
        write_docker_config(config, request.logins, self._environ)
        return {**self._environ, "DOCKER_CONFIG": str(config)}


def _dockerfile(request: BuildRequest, folder: Path) -> str:
    """The Dockerfile to name: a copy of it, where the rules of the context are not those that stand beside it."""
    if not request.ignore:
        return request.dockerfile
    copy = folder / "Dockerfile"
    shutil.copyfile(request.dockerfile, copy)
    copy.with_name(f"{copy.name}.dockerignore").write_bytes(request.ignore.encode(errors="surrogateescape"))
    return str(copy)


def _secret_files(secrets: tuple[BuildSecret, ...], folder: Path) -> dict[str, str]:
    """The files that hold secrets, by their ids; one is written for each secret that is given as a value."""
    files = {}
    for number, secret in enumerate(secrets):
        path = folder / f"secret-{number}"
        if not secret.file:
            write_private(path, secret.value)
        files[secret.id] = secret.file or str(path)
    return files


def _image_id(path: Path) -> str:
    image = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if not image:
        raise WorldFailed("The Docker client ended the build without naming the image that it built.")
    return image
