"""What a build of one target reaches: its stages, their images, and the part of the context that they can see."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cdkit.api import InvalidInput
from cdkit_images.dockerfile.stages import BaseImage, ContextSource, Stage, images_of


class Reach(msgspec.Struct, frozen=True):
    """What a build reads.

    Attributes:
        stages: in the order of the file.
        images: the images that they begin with or copy from, each once.
        sources: the paths of the context that they read, in the order of the file.
    """

    stages: tuple[Stage, ...]
    images: tuple[BaseImage, ...]
    sources: tuple[ContextSource, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the context that are read, each once."""
        return tuple(dict.fromkeys(source.path for source in self.sources))


def reach_of(stages: Sequence[Stage], target: str = "") -> Reach:
    """What can change the image: the target and the stages that it needs, directly or not. BuildKit builds only these.

    Args:
        stages: all of the file.
        target: a stage's name or place; empty for the last one.

    Raises:
        InvalidInput: there is no such stage.
    """
    needed: set[int] = set()
    waiting = [_find(stages, target).index]
    while waiting:
        index = waiting.pop()
        if index not in needed:
            needed.add(index)
            waiting.extend(stages[index].stages)
    return _reach([stages[index] for index in sorted(needed)])


def reach_in_order(stages: Sequence[Stage], target: str = "") -> Reach:
    """What the classic builder builds: every stage from the first one to the target, needed or not.

    Raises:
        InvalidInput: there is no such stage.
    """
    return _reach(stages[: _find(stages, target).index + 1])


def _reach(stages: Sequence[Stage]) -> Reach:
    sources = tuple(source for stage in stages for source in stage.sources)
    return Reach(tuple(stages), tuple(images_of(stages)), sources)


def _find(stages: Sequence[Stage], target: str) -> Stage:
    if not target:
        return stages[-1]
    named = [stage for stage in stages if stage.name and stage.name == target.lower()]
    if named:
        return named[-1]
    if target.isascii() and target.isdigit() and int(target) < len(stages):
        return stages[int(target)]
    names = ", ".join(stage.name for stage in stages if stage.name)
    remedy = f"Its stages are called: {names}." if names else "Give a stage a name: `FROM image AS name`."
    raise InvalidInput(f"The Dockerfile has no stage {target!r}.", remedy=remedy)
