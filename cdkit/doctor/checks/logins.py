"""The logins for registries, as Docker's own configuration has them."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.clients.registry.docker_config import CONFIG, DockerConfig, config_folder, given_config, own_config
from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place


def check(place: Place) -> Iterator[Finding]:
    """The configuration can be read, and the helpers that it names are there. Names of registries, never logins.

    Raises:
        AccessDenied: the configuration cannot be read.
    """
    environ = {"HOME": str(place.home), **place.environ}
    path = str(config_folder(environ) / CONFIG)
    given, own = given_config(environ), own_config(environ)
    missing = sorted(program for program in own.programs if not place.find_program(program)) if own else []
    for program in missing:
        remedy = f"Install {program}, or take it out of {path} and use `docker login` again."
        yield Finding("logins", "wrong", f"{path} names {program}, which is not on PATH.", remedy)
    if not missing:
        yield _known(given or DockerConfig(), own, path)


def _known(given: DockerConfig, own: DockerConfig | None, path: str) -> Finding:
    registries = sorted(given.registries | (own.registries if own else set()))
    if registries:
        return Finding("logins", "well", f"logins for {', '.join(registries)}")
    if own and own.programs:
        return Finding("logins", "well", f"{', '.join(own.programs)} keeps the logins")
    what = f"{path} has no logins" if own else f"There is no {path}"
    message = f"{what}: images go to registries without a login, or with `username` and `password` of the step."
    return Finding("logins", "remark", message, "Use `docker login REGISTRY` where one is wanted.")
