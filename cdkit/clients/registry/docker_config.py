"""What Docker's own configuration says of logins; it is read nowhere else.

https://docs.docker.com/reference/cli/docker/login/
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from cdkit.clients.registry.address import DOCKER_HUB
from cdkit.errors import AccessDenied
from cdkit.models.decoding import decode_json

CONFIG = "config.json"
GIVEN = "DOCKER_AUTH_CONFIG"
"""The variable that holds a whole configuration, as GitLab's runners know it."""
HELPER = "docker-credential-"
"""https://docs.docker.com/reference/cli/docker/login/#credential-helpers"""
HUB_KEY = "https://index.docker.io/v1/"
"""The key of Docker Hub, whatever its registry is called."""

Value = TypeVar("Value")


class Entry(msgspec.Struct, frozen=True):
    """What the file itself holds for a registry; one of them, or nothing when a helper keeps the login."""

    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""
    registrytoken: str = ""

    def __repr__(self) -> str:
        return f"Entry(username={self.username!r}, ***)"


class DockerConfig(msgspec.Struct, frozen=True, rename={"helpers": "credHelpers", "store": "credsStore"}):
    """What a configuration says of logins.

    Attributes:
        auths: what the file itself holds, by the registries' keys.
        helpers: the names of the helpers of single registries, by their keys.
        store: the name of the helper for all others; empty when there is none.
    """

    auths: dict[str, Entry] | None = None
    helpers: dict[str, str] | None = None
    store: str = ""

    @property
    def registries(self) -> set[str]:
        """The keys of the registries that it speaks of."""
        return {*(self.auths or ()), *(self.helpers or ())}

    @property
    def programs(self) -> set[str]:
        """The helpers that it needs, as programs."""
        return {f"{HELPER}{name}" for name in (*(self.helpers or {}).values(), self.store) if name}

    def entry_of(self, host: str) -> Entry | None:
        """What the file itself holds for a registry."""
        return _of_host(self.auths or {}, host)

    def helper_of(self, host: str) -> str:
        """The name of the helper that keeps a registry's login; empty when the file itself does.

        Empty it may also stand in the file, and goes before the helper for all others then, as for Docker's client.
        """
        own = _of_host(self.helpers or {}, host)
        return self.store if own is None else own

    def key_of(self, host: str) -> str:
        """The name under which a helper knows a registry: as it stands in the file, else as Docker writes it."""
        known = next((key for key in self.auths or () if _host_of(key) == host), None)
        return known or (HUB_KEY if host == DOCKER_HUB else host)


def config_folder(environ: Mapping[str, str]) -> Path:
    """Where Docker's clients keep their configuration."""
    folder = environ.get("DOCKER_CONFIG")
    return Path(folder) if folder else Path(environ.get("HOME") or Path.home()) / ".docker"


def given_config(environ: Mapping[str, str]) -> DockerConfig | None:
    """The configuration in `DOCKER_AUTH_CONFIG`; its logins go before those of the file.

    Raises:
        AccessDenied: it is none.
    """
    given = environ.get(GIVEN, "")
    return _parse(given.encode(), GIVEN) if given else None


def own_config(environ: Mapping[str, str]) -> DockerConfig | None:
    """The configuration in the user's file; None when there is no such file.

    Args:
        environ: where DOCKER_CONFIG and HOME are looked up.

    Raises:
        AccessDenied: it cannot be read.
    """
    path = config_folder(environ) / CONFIG
    try:
        return _parse(path.read_bytes(), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise AccessDenied(f"{path} cannot be read: {error.strerror}.", remedy="Make it readable.") from error


def _parse(raw: bytes, where: str) -> DockerConfig:
    try:
        return decode_json(raw, DockerConfig)
    except msgspec.MsgspecError:
        # The decoder's own words may quote the file.
        remedy = "Correct it, or move it away and use `docker login` again."
        raise AccessDenied(f"{where} is not a configuration of Docker.", remedy=remedy) from None


def _of_host(entries: Mapping[str, Value], host: str) -> Value | None:
    return next((entry for key, entry in entries.items() if _host_of(key) == host), None)


def _host_of(key: str) -> str:
    """Keys are hosts, and in older files URLs."""
    host = key.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return DOCKER_HUB if host in {"docker.io", "index.docker.io", DOCKER_HUB} else host
