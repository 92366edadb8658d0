"""What only an image knows: the program of a gated container, and its own health check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from cdkit.api import (
    HealthCheck,
    ImageConfig,
    InvalidInput,
    ObjectNotFound,
    Problem,
    WorldFailed,
    ask_all,
)
from cdkit_pods.spec import Container, PodSpec

ReadImage = Callable[[str], ImageConfig | None]
"""How an image is run, by its reference; None when there is no such image."""


def completed(spec: PodSpec, read: ReadImage) -> PodSpec:
    """The spec with all that its images have to tell: no gated container without a `command`, no health unknown.

    Raises:
        WorldFailed: an image cannot be read, is not there, or does not tell what is needed.
    """
    containers = ask_all([partial(_complete, item, read) for item in spec.containers])
    return msgspec.structs.replace(spec, containers=tuple(containers))


def unreadable(spec: PodSpec, read: ReadImage) -> Iterator[Problem]:
    """The images that would not tell what is needed, and what to do.

    An image that is not there is no problem: a step that comes before may bring it, and even its name.
    """
    for container in spec.containers:
        try:
            _complete(container, read)
        except (ObjectNotFound, InvalidInput):
            continue
        except WorldFailed as error:
            yield Problem(error.message, None, error.remedy)


def _complete(container: Container, read: ReadImage) -> Container:
    missing = _missing(container)
    if not missing:
        return container
    remedy = (
        f"Write {missing} of {container.name!r} into the step's options, or let the build's account read the image."
    )
    config = _config(container, read, remedy)
    if container.gated and not container.command:
        container = msgspec.structs.replace(container, command=_program(container, config, remedy), args=())
    if container.needs_health and container.health is None:
        container = msgspec.structs.replace(container, health=_health(container, config, remedy))
    return container


def _missing(container: Container) -> str:
    """Which options of a container its image has to replace; empty when none."""
    program = ["`command`"] if container.gated and not container.command else []
    health = ["`health`"] if container.needs_health and container.health is None else []
    return " and ".join(program + health)


def _config(container: Container, read: ReadImage, remedy: str) -> ImageConfig:
    try:
        config = read(container.image)
    except WorldFailed as error:
        why = f"How the image of {container.name!r} is run cannot be read from here: {error.message}"
        raise type(error)(why, remedy=remedy) from error
    if config is None:
        raise ObjectNotFound(f"The registry has no image {container.image}, which {container.name!r} is to run.")
    return config


def _program(container: Container, config: ImageConfig, remedy: str) -> tuple[str, ...]:
    """What runs when there is no `command`, as Kubernetes and engines take it together.

    https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    """
    program = config.entrypoint + (container.args or config.command)
    if not program:
        raise WorldFailed(f"The image {container.image} of {container.name!r} names no program.", remedy=remedy)
    return program


def _health(container: Container, config: ImageConfig, remedy: str) -> HealthCheck:
    if config.health is None:
        raise WorldFailed(f"The image {container.image} of {container.name!r} has no HEALTHCHECK.", remedy=remedy)
    return config.health
