"""A configuration for a Docker client: what the user's own has, and further logins. For a folder that is ours alone.

https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from cdkit.clients.private_folder import write_private
from cdkit.clients.registry.docker_config import CONFIG, HUB_KEY, config_folder
from cdkit.models.decoding import decode_json
from cdkit.models.image import Credentials


def write_docker_config(folder: Path, logins: Mapping[str, Credentials], environ: Mapping[str, str]) -> None:
    """Write a configuration that has all that the user's has, plugins and contexts too, and further logins.

    Args:
        folder: where to write it, for DOCKER_CONFIG; it must be ours alone, and empty.
        logins: by the registries' hosts; empty for Docker Hub.
        environ: where DOCKER_CONFIG and HOME are looked up.
    """
    own = config_folder(environ)
    if own.is_dir():
        for entry in own.iterdir():
            if entry.name != CONFIG:
                (folder / entry.name).symlink_to(entry.absolute())
    write_private(folder / CONFIG, msgspec.json.encode(_config(own / CONFIG, logins)).decode())


def _config(own: Path, logins: Mapping[str, Credentials]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    # A configuration that cannot be read is one for the client to complain about, when it needs it.
    with suppress(OSError, msgspec.MsgspecError):
        config = decode_json(own.read_bytes(), dict[str, Any])
    keyed = {host or HUB_KEY: login for host, login in logins.items()}
    # The client asks a helper before it looks at `auths`; no helper's name means the file itself.
    return {
        **config,
        "auths": {**(config.get("auths") or {}), **{key: {"auth": _auth(login)} for key, login in keyed.items()}},
        "credHelpers": {**(config.get("credHelpers") or {}), **dict.fromkeys(keyed, "")},
    }


def _auth(login: Credentials) -> str:
    return base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
