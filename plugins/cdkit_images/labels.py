"""The labels by which an image says where it comes from.

https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cdkit.api import Build
from cdkit_images.content import Base
from cdkit_images.metadata import Metadata
from cdkit_images.tags.versions import Version

PREFIX = "org.opencontainers.image."

_SSH = re.compile(r"(?:ssh://)?(?:[^@/]+@)(?P<host>[^:/]+)(?::\d+)?[:/](?P<path>.+)")


def image_labels(title: str, metadata: Metadata, build: Build, base: Base | None, created: int) -> dict[str, str]:
    """The labels, as far as anything is known.

    Args:
        title: what the image is called where the project has no name.
        metadata: what the project says about itself.
        build: which commit is built. Its git tag, where it is a version, goes before the project's own.
        base: the image that it stands on; None for `scratch`.
        created: seconds since 1970; 0 when that is not known.
    """
    tagged = Version.parse(build.tag)
    known = {
        "title": metadata.name or title,
        "version": tagged.version if tagged else metadata.version,
        "licenses": metadata.license,
        "revision": build.commit,
        "source": web_address(build.repository),
        "created": datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if created else "",
        "base.name": qualified(base.reference) if base else "",
        "base.digest": base.digest if base and base.served else "",
    }
    return {f"{PREFIX}{name}": value for name, value in known.items() if value}


def creation_time(build: Build, environ: Mapping[str, str]) -> int:
    """When an image counts as made, in seconds since 1970: SOURCE_DATE_EPOCH, else the time of the commit.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = environ.get("SOURCE_DATE_EPOCH", "")
    return int(given) if given.isascii() and given.isdigit() else build.commit_time


def web_address(repository: str) -> str:
    """The address at which a person finds the sources, from that of a git remote."""
    ssh = _SSH.fullmatch(repository) if "://" not in repository or repository.startswith("ssh://") else None
    address = f"https://{ssh['host']}/{ssh['path']}" if ssh else repository
    return address.removesuffix("/").removesuffix(".git")


def qualified(reference: str) -> str:
    """A reference with the registry that Docker itself would ask, as the specification wants it."""
    first, slash, rest = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"docker.io/{reference}" if rest else f"docker.io/library/{reference}"
