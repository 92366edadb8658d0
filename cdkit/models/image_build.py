"""Building an image: what is asked of an engine, what it can do, and what it says of the way."""

from __future__ import annotations

from typing import Literal

import msgspec

from cdkit.models.image import Credentials

BuilderName = Literal["classic", "buildkit"]

BuildAbility = Literal[
    "cache-export",
    "cache-import",
    "copy-link",
    "fixed-time",
    "heredocs",
    "mounts",
    "networks",
    "several-platforms",
    "ssh",
]
"""What not every builder can do.

- `cache-export`: write a cache elsewhere than into the image itself.
- `cache-import`: read a cache from elsewhere than an image.
- `copy-link`: `COPY --link`, `--parents` and `--exclude`, `ADD --checksum` and of git repositories.
- `fixed-time`: the time of creation is the one that is asked for (SOURCE_DATE_EPOCH).
- `heredocs`: documents inside a Dockerfile.
- `mounts`: `RUN --mount`, also of secrets, and `COPY --chmod`.
- `networks`: any network of the engine for `RUN`; without it only `default`, `host` and `none`.
- `several-platforms`: one image for many platforms.
- `ssh`: lend keys and agents to `RUN --mount=type=ssh`.
"""


class Builder(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which an engine can build.

    Attributes:
        name: `classic` is what the engine's own API offers; `buildkit` is what a Docker client speaks.
        via: what it is and how it is reached, for a person: `docker buildx 0.12.1 (driver docker)`.
        abilities: what it can do of that which not all can.
    """

    name: BuilderName
    via: str
    abilities: frozenset[BuildAbility]


class BuildSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that `RUN --mount=type=secret` can read, and that does not stay in the image.

    Attributes:
        id: its name in the Dockerfile.
        value: the secret itself; empty when it is in a file.
        file: the absolute path of the file that holds it; empty when the value is given.
    """

    id: str
    value: str = ""
    file: str = ""

    def __repr__(self) -> str:
        return f"BuildSecret(id={self.id!r}, file={self.file!r}, value=***)"


class BuildRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an image engine needs to build an image.

    Attributes:
        builder: which of the engine's builders; empty for the classic one, which every engine has.
        context: the absolute path of the folder that the Dockerfile can see.
        dockerfile: the absolute path of the Dockerfile, which may stand outside of the context.
        files: the paths of the context that the build can see, folders before what is in them; None for all of them.
            A builder that fetches by itself what it needs does not look at it.
        ignore: the lines of a `.dockerignore` that such a builder obeys instead of those that it would find; empty for
            those.
        args: build arguments by name. They stay readable in the image.
        labels: labels that the image gets.
        target: the stage to build; empty for the last one.
        platforms: what to build for, `linux/arm64/v8`; empty for the engine's own platform.
        pull: ask for newer base images even where one is present.
        no_cache: perform every instruction anew.
        cache_from: images, or caches in the words of `docker buildx build --cache-from`, to take layers from.
        cache_to: caches to write, in the words of `docker buildx build --cache-to`.
        secrets: for `RUN --mount=type=secret`.
        ssh: agents and keys for `RUN --mount=type=ssh`: `default`, or `id=path`.
        network: the network of `RUN`; empty for the engine's default.
        extra_hosts: addresses by the names that `RUN` knows them by.
        epoch: the time, in seconds since 1970 (SOURCE_DATE_EPOCH), that files and images get instead of the present.
        logins: for registries of base images and caches, by host and port, beside the user's own; empty for Docker Hub.
    """

    builder: BuilderName = "classic"
    context: str
    dockerfile: str
    files: tuple[str, ...] | None = None
    ignore: str = ""
    args: dict[str, str] = {}
    labels: dict[str, str] = {}
    target: str = ""
    platforms: tuple[str, ...] = ()
    pull: bool = False
    no_cache: bool = False
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    secrets: tuple[BuildSecret, ...] = ()
    ssh: tuple[str, ...] = ()
    network: str = ""
    extra_hosts: dict[str, str] = {}
    epoch: int = 0
    logins: dict[str, Credentials] = {}


class BuildStep(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction of a Dockerfile, as the builder that performs it counts.

    Attributes:
        builder: who counts: the classic builder every instruction of the file, BuildKit those of each stage that
            change files (`ADD`, `COPY`, `RUN`, `WORKDIR`), and before them a base image.
        instruction: its text.
        stage: the stage's name as the builder gives it: its own, or `stage-N`; empty for a file of one stage, and
            always for the classic builder.
        number: its place, counted from 1.
        total: how many there are.
        done: whether it is done; else it begins.
    """

    builder: BuilderName
    instruction: str
    stage: str = ""
    number: int
    total: int
    done: bool = False
