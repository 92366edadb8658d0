"""The command line of a build. Secrets are named there, and never written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from cdkit.clients.engine.buildkit.docker_cli import DockerCli
from cdkit.models.image_build import BuildRequest

EPOCH = "SOURCE_DATE_EPOCH"
INLINE_CACHE = "type=inline"


def build_command(
    cli: DockerCli, request: BuildRequest, *, dockerfile: str, id_file: str, secret_files: Mapping[str, str]
) -> tuple[str, ...]:
    """The program and its arguments.

    Args:
        cli: the client.
        request: what to build.
        dockerfile: the path of the Dockerfile, or of a copy.
        id_file: where the client writes the image's id.
        secret_files: the files that hold the secrets, by the secrets' ids.
    """
    where = f"--file={dockerfile}"
    return (*cli.command, *_output(cli, id_file), where, *_options(request), *_sources(cli, request, secret_files))


def _output(cli: DockerCli, id_file: str) -> Iterator[str]:
    yield "--progress=plain"
    yield f"--iidfile={id_file}"
    if cli.loads:
        yield "--load"


def _options(request: BuildRequest) -> Iterator[str]:
    if request.target:
        yield f"--target={request.target}"
    for name, value in request.args.items():
        yield f"--build-arg={name}={value}"
    if request.epoch and EPOCH not in request.args:
        yield f"--build-arg={EPOCH}={request.epoch}"
    for name, value in request.labels.items():
        yield f"--label={name}={value}"
    if request.platforms:
        yield f"--platform={','.join(request.platforms)}"
    if request.network:
        yield f"--network={request.network}"
    for host, address in request.extra_hosts.items():
        yield f"--add-host={host}:{address}"
    if request.pull:
        yield "--pull"
    if request.no_cache:
        yield "--no-cache"


def _sources(cli: DockerCli, request: BuildRequest, secret_files: Mapping[str, str]) -> Iterator[str]:
    for source in request.cache_from:
        yield f"--cache-from={source}"
    for target in request.cache_to:
        if target == INLINE_CACHE and not cli.driver:
            # Without buildx there is no --cache-to; the Dockerfile frontend itself knows this argument.
            yield "--build-arg=BUILDKIT_INLINE_CACHE=1"
        else:
            yield f"--cache-to={target}"
    for name, path in secret_files.items():
        yield f"--secret={_fields(f'id={name}', f'src={path}')}"
    for agent in request.ssh:
        yield f"--ssh={agent}"
    yield request.context


def _fields(*fields: str) -> str:
    """Fields between commas; one that holds a comma stands in quotes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()
