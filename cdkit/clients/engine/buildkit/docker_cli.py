"""Finding the Docker client on this machine that speaks BuildKit, and what the BuildKit behind it can do."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from cdkit.errors import WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.decoding import decode_json
from cdkit.models.image_build import BuildAbility, Builder
from cdkit.ports.processes import Processes

FIRST_WITHOUT_BUILDKIT = 23
"""From this version on, `docker` leaves BuildKit to its plugin buildx."""

FIRST_ENGINE_WITH_BUILDKIT = (18, 9)
FIRST_ENGINE_WITH_HEREDOCS = (23,)
"""The Dockerfile frontend of this engine, and of later ones, knows heredocs and COPY --link, and obeys
SOURCE_DATE_EPOCH: https://docs.docker.com/engine/release-notes/23.0/"""

CONTAINERD_STORE = "io.containerd.snapshotter.v1"
"""The image store that can hold an image for several platforms, as `docker info` names it."""

PLUGIN = "docker-buildx"

_PLUGIN_FOLDERS = tuple(
    f"{root}/docker/cli-plugins" for root in ("/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec")
)
"""https://github.com/docker/cli/blob/master/cli-plugins/manager/manager_unix.go"""

_COMMON: frozenset[BuildAbility] = frozenset({"mounts", "ssh"})
_MODERN: frozenset[BuildAbility] = frozenset({"heredocs", "copy-link", "fixed-time"})
_CONTAINER: frozenset[BuildAbility] = frozenset({"cache-export", "cache-import"})

_VERSION = re.compile(r"\d+(?:\.\d+)+")
_DRIVER = re.compile(r"^Driver:\s*(\S+)", re.MULTILINE)


class DockerCli(msgspec.Struct, frozen=True):
    """A Docker client that speaks BuildKit.

    Attributes:
        command: how a build begins: `/usr/bin/docker build`, or `docker buildx build`.
        driver: where buildx builds: `docker` is the engine itself; empty without buildx.
        via: what it is, for a person.
    """

    command: tuple[str, ...]
    driver: str
    via: str

    @property
    def loads(self) -> bool:
        """Whether an image must be asked for, because it would stay outside of the engine."""
        return self.driver not in {"", "docker"}


def buildkit_builder(cli: DockerCli, engine_version: str, *, keeps_platforms: bool) -> Builder:
    """What BuildKit can do when it is reached in this way.

    Args:
        cli: the client.
        engine_version: `20.10.24+dfsg1`.
        keeps_platforms: the engine's image store can hold an image for several platforms.
    """
    abilities = set(_COMMON)
    if cli.loads or numbers_of(engine_version) >= FIRST_ENGINE_WITH_HEREDOCS:
        abilities |= _MODERN
    if cli.loads or keeps_platforms:
        abilities |= _CONTAINER
    if cli.driver and keeps_platforms:
        abilities.add("several-platforms")
    return Builder(name="buildkit", via=cli.via, abilities=frozenset(abilities))


def find_docker_cli(environ: Mapping[str, str], processes: Processes) -> DockerCli | None:
    """The first client that has buildx, else the first one that speaks BuildKit by itself.

    Several may be installed: a new one without its plugin must not hide an old one that can do it.
    """
    programs = list(_programs(environ))
    by_plugin = (_with_buildx(program, environ, processes) for program in programs if _has_buildx(environ))
    by_itself = (_without_buildx(program, environ, processes) for program in programs)
    return next((cli for candidates in (by_plugin, by_itself) for cli in candidates if cli is not None), None)


def numbers_of(version: str) -> tuple[int, ...]:
    """The numbers of a version, for comparing; none when it has none."""
    match = _VERSION.search(version)
    return tuple(map(int, match[0].split("."))) if match else ()


def _programs(environ: Mapping[str, str]) -> Iterator[str]:
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        program = Path(folder or ".") / "docker"
        if program.is_file() and os.access(program, os.X_OK):
            yield str(program)


def _has_buildx(environ: Mapping[str, str]) -> bool:
    """Whether the plugin is in a folder where clients look for plugins; to look costs less than to start one."""
    home = Path(environ.get("HOME", "/nowhere"))
    config = Path(environ.get("DOCKER_CONFIG") or home / ".docker")
    folders = [config / "cli-plugins", *(Path(folder) for folder in _PLUGIN_FOLDERS), *_extra_folders(config)]
    return any((folder / PLUGIN).exists() for folder in folders)


def _extra_folders(config: Path) -> list[Path]:
    try:
        found = decode_json((config / "config.json").read_bytes())
        return [Path(folder) for folder in found.get("cliPluginsExtraDirs", ())]
    except (OSError, ValueError, TypeError, AttributeError):
        return []


def _with_buildx(program: str, environ: Mapping[str, str], processes: Processes) -> DockerCli | None:
    said = _output((program, "buildx", "inspect"), environ, processes)
    if said is None:
        return None
    driver = _DRIVER.search(said)
    name = driver[1] if driver else "docker"
    return DockerCli((program, "buildx", "build"), name, f"docker buildx (driver {name})")


def _without_buildx(program: str, environ: Mapping[str, str], processes: Processes) -> DockerCli | None:
    version = numbers_of(_output((program, "--version"), environ, processes) or "")
    if not version or version[0] >= FIRST_WITHOUT_BUILDKIT or version < FIRST_ENGINE_WITH_BUILDKIT:
        return None
    return DockerCli((program, "build"), "", f"{program} {'.'.join(map(str, version))} with DOCKER_BUILDKIT=1")


def _output(command: tuple[str, ...], environ: Mapping[str, str], processes: Processes) -> str | None:
    """What a command prints; None when it fails or cannot be started."""
    lines: list[str] = []
    try:
        code = processes.run(
            command,
            directory="/",
            env=environ,
            on_line=lambda line, stream: lines.append(line) if stream == "stdout" else None,
            cancellation=Cancellation(),
        )
    except WorkFailed:
        return None
    return "\n".join(lines) if code == 0 else None
