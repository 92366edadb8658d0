"""The logins for registries, as Docker's own configuration has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place

HELPER = "docker-credential-"
"""https://docs.docker.com/reference/cli/docker/login/#credential-helpers"""


def check(place: Place) -> Iterator[Finding]:
    """The configuration can be read, and the helpers that it names are there. Names of registries, never logins."""
    path = Path(place.environ.get("DOCKER_CONFIG") or place.home / ".docker") / "config.json"
    try:
        config = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        yield _none(f"There is no {path}")
        return
    except OSError as error:
        yield Finding("logins", "wrong", f"{path} cannot be read: {error.strerror}.", "Make the file readable.")
        return
    except msgspec.DecodeError as error:
        remedy = "Correct the file, or move it away and use `docker login` again."
        yield Finding("logins", "wrong", f"{path} is not a configuration of Docker: {error}.", remedy)
        return
    yield from _read(config, path, place)


def _read(config: Mapping[str, Any], path: Path, place: Place) -> Iterator[Finding]:
    helpers = dict(_mapping(config, "credHelpers"))
    everywhere = config.get("credsStore")
    named = {str(name) for name in (*helpers.values(), *([everywhere] if everywhere else []))}
    missing = sorted(name for name in named if place.find_program(f"{HELPER}{name}") is None)
    for name in missing:
        remedy = f"Install {HELPER}{name}, or take it out of {path} and use `docker login` again."
        yield Finding("logins", "wrong", f"{path} names {HELPER}{name}, which is not on PATH.", remedy)
    registries = sorted({*_mapping(config, "auths"), *helpers})
    if registries and not missing:
        yield Finding("logins", "well", f"logins for {', '.join(registries)}")
    elif everywhere and not missing:
        yield Finding("logins", "well", f"{HELPER}{everywhere} keeps the logins")
    elif not missing:
        yield _none(f"{path} has no logins")


def _none(what: str) -> Finding:
    message = f"{what}: images go to registries without a login, or with `username` and `password` of the step."
    return Finding("logins", "remark", message, "Use `docker login REGISTRY` where one is wanted.")


def _mapping(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = config.get(key)
    return value if isinstance(value, dict) else {}
