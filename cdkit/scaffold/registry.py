"""Where the image of a project belongs: the registry of the place that its git remote is on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cdkit.scaffold.files import mapping, read_json

_REGISTRIES = {"github.com": "ghcr.io", "gitlab.com": "registry.gitlab.com"}
_REMOTE = re.compile(r"(?:[a-z+]+://)?(?:[^/@\s]*@)?([A-Za-z0-9.-]+)(?::\d+)?[:/]([^\s:]+?)(?:\.git)?/?")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+")
"""https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests"""


def repository_of(remote: str) -> str:
    """The image's name in the registry that belongs to a git remote; empty when none is known.

    Args:
        remote: the remote's URL, in one of git's forms.
    """
    match = _REMOTE.fullmatch(remote)
    registry = _REGISTRIES.get(match[1].lower(), "") if match else ""
    path = match[2].lower().strip("/") if match else ""
    return f"{registry}/{path}" if registry and _REPOSITORY.fullmatch(path) else ""


def registries_with_login(environ: Mapping[str, str], home: Path) -> frozenset[str]:
    """The registries that Docker's own configuration has a login for; only their names are looked at.

    https://docs.docker.com/reference/cli/docker/login/
    """
    folder = Path(environ["DOCKER_CONFIG"]) if environ.get("DOCKER_CONFIG") else home / ".docker"
    config = read_json(folder / "config.json")
    return frozenset(mapping(config.get("auths"))) | frozenset(mapping(config.get("credHelpers")))
