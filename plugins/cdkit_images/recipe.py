"""All that a build is made from, read once: the Dockerfile, the rules of the context, and what of it can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from cdkit.api import InvalidInput
from cdkit_images.context import ContextEntry, ContextFolder, entries_of, visible_folders
from cdkit_images.dockerfile import (
    BaseImage,
    Dockerfile,
    Reach,
    Stage,
    parse_dockerfile,
    reach_in_order,
    reach_of,
    read_stages,
)
from cdkit_images.dockerfile.platforms import native_platform
from cdkit_images.dockerfile.reads import EVERYTHING
from cdkit_images.dockerignore import IgnoreRules, read_rules


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What a build is made from.

    Attributes:
        context: the folder.
        path: the Dockerfile's path.
        dockerfile: the Dockerfile.
        rules: what `.dockerignore` leaves out of the context.
        platforms: what is built for.
        stages: the stages, for each platform.
        reaches: what of them can change the image, for each platform.
        target: the stage that is built; empty for the last one.
        whole_context: count all that the rules leave, whatever the Dockerfile names.
    """

    context: Path
    path: Path
    dockerfile: Dockerfile
    rules: IgnoreRules
    platforms: tuple[str, ...]
    stages: tuple[tuple[Stage, ...], ...]
    reaches: tuple[Reach, ...]
    target: str
    whole_context: bool

    @property
    def images(self) -> tuple[BaseImage, ...]:
        """The images that the build begins with or copies from, each once."""
        return tuple(dict.fromkeys(image for reach in self.reaches for image in reach.images))

    @property
    def base(self) -> BaseImage | None:
        """The image that the built one stands on; None for `scratch`."""
        return self.reaches[0].base

    def visible(self) -> list[ContextFolder]:
        """What of the context can change the image."""
        return self._folders([path for reach in self.reaches for path in reach.paths])

    def sent(self) -> list[ContextEntry]:
        """What of the context the classic builder looks at: it builds stages that nobody needs, too."""
        reaches = (reach_in_order(stages, self.target) for stages in self.stages)
        return entries_of(self._folders([path for reach in reaches for path in reach.paths]))

    def _folders(self, paths: Sequence[str]) -> list[ContextFolder]:
        return visible_folders(self.context, self.rules, [EVERYTHING] if self.whole_context else paths)


def read_recipe(
    context: Path,
    path: Path,
    *,
    shown: str,
    args: Mapping[str, str],
    target: str = "",
    platforms: Sequence[str] = (),
    whole_context: bool = False,
) -> Recipe:
    """Read what a build is made from.

    Args:
        context: the folder of the context.
        path: the Dockerfile's path.
        shown: the Dockerfile's name for a person.
        args: the build arguments.
        target: the stage to build; empty for the last one.
        platforms: what to build for; empty for this machine's own platform.
        whole_context: count all that the rules leave.

    Raises:
        InvalidInput: the Dockerfile or the `.dockerignore` is wrong or cannot be read, or there is no such target.
    """
    dockerfile = parse_dockerfile(_text(path, shown), shown)
    wanted = tuple(platforms) or (native_platform(),)
    stages = tuple(read_stages(dockerfile, args, platform) for platform in wanted)
    return Recipe(
        context=context,
        path=path,
        dockerfile=dockerfile,
        rules=read_rules(context, path),
        platforms=wanted,
        stages=stages,
        reaches=tuple(reach_of(each, target) for each in stages),
        target=target,
        whole_context=whole_context,
    )


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The Dockerfile {shown} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The Dockerfile {shown} is no text in UTF-8.", remedy="Save it as UTF-8.") from error
