"""The options of `build-image`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cdkit.api import StepOptions
from cdkit_images.flavor import Flavor
from cdkit_images.logins import Password

Backend = Literal["auto", "classic", "buildkit"]

Texts = list[str]
Named = dict[str, str]


class BuildOptions(StepOptions, frozen=True, kw_only=True):
    """What to build, and with what."""

    repository: Annotated[
        str,
        Meta(min_length=1, description="The image's name without a tag: registry, if any, and path."),
    ]
    context: Annotated[str, Meta(description="The folder that the Dockerfile can see.")] = "."
    dockerfile: Annotated[
        str,
        Meta(description="The Dockerfile, also outside of the context; `Dockerfile` in the context when left out."),
    ] = ""
    target: Annotated[str, Meta(description="The stage to build; the last one when left out.")] = ""
    args: Annotated[Named, Meta(description="Build arguments. They stay readable in the image.")] = {}
    labels: Annotated[
        Named,
        Meta(description="Labels for the image; they win over those that cdkit gives it (org.opencontainers.image.*)."),
    ] = {}
    tags: Annotated[
        Texts,
        Meta(
            description="Rules for further tags, as docker/metadata-action has them: `type=semver,pattern={{version}}`."
        ),
    ] = []
    flavor: Annotated[Flavor, Meta(description="What holds for all these tags.")] = Flavor()
    platforms: Annotated[
        Texts, Meta(description="What to build for, such as `linux/arm64`; the engine's own platform when left out.")
    ] = []
    secrets: Annotated[
        Named,
        Meta(
            description="Secrets for `RUN --mount=type=secret`, by id. They do not stay in the image.",
            extra={"secret": True},
        ),
    ] = {}
    secret_files: Annotated[Named, Meta(description="Files that hold such secrets, by id.")] = {}
    username: Annotated[
        str,
        Meta(description="The login for the repository's registry, also for base images; Docker's own serves else."),
    ] = ""
    password: Password = ""
    ssh: Annotated[
        Texts, Meta(description="SSH agents and keys for `RUN --mount=type=ssh`: `default`, or `id=path`.")
    ] = []
    cache_from: Annotated[
        Texts, Meta(description="Images to take layers from; with BuildKit also `type=...`, as docker buildx has it.")
    ] = []
    cache_to: Annotated[
        Texts, Meta(description="Caches to write: `type=inline` into the image itself, or as docker buildx has it.")
    ] = []
    no_cache: Annotated[bool, Meta(description="Perform every instruction anew.")] = False
    pull: Annotated[bool, Meta(description="Ask for a newer base image also where one is present.")] = False
    network: Annotated[
        str,
        Meta(description="The network of RUN: `default`, `host`, `none`; of the classic builder any of the engine's."),
    ] = ""
    extra_hosts: Annotated[Named, Meta(description="Addresses by the host names that RUN knows them by.")] = {}
    backend: Annotated[
        Backend, Meta(description="Who builds: BuildKit where it can be had, and else the classic builder; or as said.")
    ] = "auto"
    allow_secrets: Annotated[
        Texts,
        Meta(description="Files of the context and build arguments that look like secrets and are none: test keys."),
    ] = []
    whole_context: Annotated[
        bool,
        Meta(
            description="Count every file of the context as read, not only those that the Dockerfile names: for base "
            "images whose ONBUILD triggers read it."
        ),
    ] = False
