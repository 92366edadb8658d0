"""Building, tagging and pushing images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import Credentials
from cdkit.models.image_build import Builder, BuildRequest, BuildStep

OnText = Callable[[str], None]
OnProgress = Callable[[str, int, int], None]
"""Called with the item (a layer), how many bytes of it are done, and how many there are."""


OnStep = Callable[[BuildStep], None]
"""Called when an instruction of a Dockerfile begins, and again when it is done."""


class ImageEngine(Protocol):
    """An engine that builds images and pushes them to registries."""

    def ping(self) -> str:
        """The engine's version.

        Raises:
            EngineUnreachable: it does not answer.
        """
        ...

    def builders(self) -> tuple[Builder, ...]:
        """The ways in which this engine can build, the best one first; never none.

        Raises:
            EngineUnreachable: it does not answer.
        """
        ...

    def build(self, request: BuildRequest, *, on_line: OnText, on_step: OnStep, cancellation: Cancellation) -> str:
        """Build an image and give its id (`sha256:...`, the digest of its configuration).

        A cancel also ends the work of the engine.

        Raises:
            BuildFailed: an instruction of the Dockerfile failed; the evidence is the last of what it printed.
            WorkFailed: a file of the build is missing or cannot be read.
            RegistryUnreachable, AccessDenied, ObjectNotFound: a base image cannot be had.
        """
        ...

    def image_id(self, reference: str) -> str | None:
        """The id of an image that the engine has, or None."""
        ...

    def triggers(self, reference: str) -> tuple[str, ...]:
        """The instructions that an image brings to those built on it (ONBUILD); none when there is no such image.

        Raises:
            EngineUnreachable: the engine does not answer.
        """
        ...

    def tag(self, image: str, reference: str) -> None:
        """Give an image that the engine has another name.

        Raises:
            ObjectNotFound: the engine has no such image.
        """
        ...

    def push(
        self,
        reference: str,
        *,
        credentials: Credentials | None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> str:
        """Push a tagged image to its registry and give the digest that the registry serves it by.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: as their names say.
        """
        ...
