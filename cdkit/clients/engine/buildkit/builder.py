"""Building with BuildKit: its client is a child of ours, which the engine follows when it ends."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cdkit.clients.engine.buildkit.command import build_command
from cdkit.clients.engine.buildkit.docker_cli import DockerCli
from cdkit.clients.engine.buildkit.plain_log import PlainLog
from cdkit.errors import WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image_build import BuildRequest, BuildSecret
from cdkit.ports.image_engine import OnStep, OnText
from cdkit.ports.processes import Processes


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
        with _private_folder() as folder:
            id_file = folder / "image-id"
            command = build_command(
                self._cli, request, id_file=str(id_file), secret_files=_secret_files(request.secrets, folder)
            )
            code = self._processes.run(
                command,
                directory=request.context,
                env={**self._environ, "DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"},
                on_line=lambda line, _: log.read(line),
                cancellation=cancellation,
            )
            if code != 0:
                raise log.failure()
            return _image_id(id_file)


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder that only we may enter, and that goes away with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="cdkit-build-") as folder:
        yield Path(folder)


def _secret_files(secrets: tuple[BuildSecret, ...], folder: Path) -> dict[str, str]:
    """The files that hold secrets, by their ids; one is written for each secret that is given as a value."""
    files = {}
    for number, secret in enumerate(secrets):
        path = folder / f"secret-{number}"
        if not secret.file:
            path.write_bytes(b"")
            path.chmod(0o600)
            path.write_text(secret.value, encoding="utf-8")
        files[secret.id] = secret.file or str(path)
    return files


def _image_id(path: Path) -> str:
    image = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if not image:
        raise WorldFailed("The Docker client ended the build without naming the image that it built.")
    return image
