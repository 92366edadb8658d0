"""The stages of a Dockerfile: what each begins with, and what it reads of the context, of images and of stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cdkit.api import InvalidInput
from cdkit_images.dockerfile.errors import mistake
from cdkit_images.dockerfile.instructions import Dockerfile, Instruction, parse_trigger
from cdkit_images.dockerfile.platforms import platform_arguments
from cdkit_images.dockerfile.reads import ContextSource, Origin, origins_of
from cdkit_images.dockerfile.scope import Scope
from cdkit_images.dockerfile.words import expand

__all__ = ["BaseImage", "ContextSource", "Stage", "read_stages"]

SCRATCH = "scratch"


class BaseImage(msgspec.Struct, frozen=True):
    """An image that a build begins with or copies from.

    Attributes:
        reference: its name, after substitution.
        line: the line that names it.
        platform: the one that is asked for; empty when it is the one that is built for.
    """

    reference: str
    line: int
    platform: str = ""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage.

    Attributes:
        index: its place, counted from 0.
        name: what `AS` calls it, in small letters; empty when nothing does.
        line: where its FROM stands.
        base: the image that it begins with; None for `scratch` and for another stage.
        platform: the platform that its FROM asks for; empty for the one that is built for.
        instructions: its own, and before them the triggers of a stage that it begins with.
        sources: what it reads of the context.
        images: the images that it copies from.
        stages: the places of the stages that it begins with, copies from or mounts.
    """

    index: int
    name: str
    line: int
    base: BaseImage | None
    platform: str = ""
    instructions: tuple[Instruction, ...]
    sources: tuple[ContextSource, ...]
    images: tuple[BaseImage, ...]
    stages: tuple[int, ...]


def read_stages(dockerfile: Dockerfile, args: Mapping[str, str], platform: str = "linux/amd64") -> tuple[Stage, ...]:
    """The stages, with all variables that the file itself can know replaced by their values.

    Args:
        dockerfile: the file.
        args: the build arguments.
        platform: what is built for: `linux/arm64/v8`.

    Raises:
        InvalidInput: Docker could not build it either; the error names the line.
    """
    return _StagesReader(dockerfile, args, platform).read()


class _Draft(msgspec.Struct):
    """A stage whose references to others are names still: COPY may name a stage that stands below."""

    origin: Instruction
    name: str
    base: BaseImage | None
    parent: int | None
    scope: Scope
    instructions: list[Instruction]
    origins: list[Origin]


class _StagesReader:
    def __init__(self, dockerfile: Dockerfile, args: Mapping[str, str], platform: str) -> None:
        self._dockerfile = dockerfile
        self._args = {**platform_arguments(platform), **args}
        self._global = Scope(dockerfile, self._args, knows_all=True)
        self._drafts: list[_Draft] = []

    def read(self) -> tuple[Stage, ...]:
        for instruction in self._dockerfile.instructions:
            if instruction.keyword == "FROM":
                self._drafts.append(self._begin(instruction))
            elif self._drafts:
                self._add(self._drafts[-1], instruction)
            elif instruction.keyword == "ARG":
                self._global.take(instruction)
            else:
                raise self._mistake(instruction, f"{instruction.keyword} stands before the first FROM.")
        if not self._drafts:
            raise mistake(self._dockerfile.file, 1, "There is no FROM in it.", "Begin with `FROM`.")
        return tuple(self._stage(index, draft) for index, draft in enumerate(self._drafts))

    def _begin(self, instruction: Instruction) -> _Draft:
        words = instruction.words()
        if len(words) not in {1, 3} or (len(words) == 3 and words[1].upper() != "AS"):  # noqa: PLR2004 -- FROM x AS y
            raise self._mistake(instruction, "FROM takes an image, or `image AS name`.")
        reference = self._expanded(words[0], instruction)
        if not reference:
            raise self._mistake(
                instruction,
                f"FROM {words[0]} names no image: the variable is empty.",
                "Give the build argument, or a default to its ARG above the first FROM.",
            )
        platform = self._expanded(instruction.flag("platform"), instruction)
        parent = self._index_of(reference)
        is_image = parent is None and reference != SCRATCH
        draft = _Draft(
            origin=instruction,
            name=words[2].lower() if len(words) > 1 else "",
            base=BaseImage(reference, instruction.line, platform) if is_image else None,
            parent=parent,
            scope=self._scope(parent, reference),
            instructions=[],
            origins=[],
        )
        for trigger in self._triggers(parent):
            self._add(draft, trigger)
        return draft

    def _scope(self, parent: int | None, reference: str) -> Scope:
        if parent is not None:
            return self._drafts[parent].scope.child()
        # The variables of an image are not known here; `scratch` has none.
        return Scope(self._dockerfile, self._args, outer=self._global, knows_all=reference == SCRATCH)

    def _triggers(self, parent: int | None) -> list[Instruction]:
        held = self._drafts[parent].instructions if parent is not None else []
        file = self._dockerfile
        return [parse_trigger(each, file.escape, file.file) for each in held if each.keyword == "ONBUILD"]

    def _add(self, draft: _Draft, instruction: Instruction) -> None:
        draft.instructions.append(instruction)
        draft.origins.extend(origins_of(instruction, draft.scope))
        draft.scope.take(instruction)

    def _stage(self, index: int, draft: _Draft) -> Stage:
        sources, images, stages = [], [], [] if draft.parent is None else [draft.parent]
        for origin in draft.origins:
            place = self._place_of(origin.source, index) if origin.source else None
            if not origin.source:
                sources.append(ContextSource(origin.path, origin.line))
            elif place is not None:
                stages.append(place)
            elif origin.source != SCRATCH:
                images.append(BaseImage(origin.source, origin.line))
        platform = self._expanded(draft.origin.flag("platform"), draft.origin)
        return Stage(
            index=index,
            name=draft.name,
            line=draft.origin.line,
            base=draft.base,
            platform=platform,
            instructions=tuple(draft.instructions),
            sources=tuple(sources),
            images=tuple(images),
            stages=tuple(sorted(set(stages))),
        )

    def _place_of(self, source: str, reader: int) -> int | None:
        """The stage that `--from` names: by its name, else by its place above the one that reads."""
        place = self._index_of(source)
        if place is None and source.isascii() and source.isdigit() and int(source) < reader:
            return int(source)
        return place if place != reader else None

    def _index_of(self, name: str) -> int | None:
        """The last stage of a name so far."""
        places = [index for index, draft in enumerate(self._drafts) if draft.name and draft.name == name.lower()]
        return places[-1] if places else None

    def _expanded(self, word: str, instruction: Instruction) -> str:
        try:
            return expand(word, self._global.lookup, self._dockerfile.escape)
        except ValueError as error:
            raise self._mistake(instruction, f"{error}.") from error

    def _mistake(self, instruction: Instruction, message: str, remedy: str | None = None) -> InvalidInput:
        return mistake(self._dockerfile.file, instruction.line, message, remedy)


def images_of(stages: Iterable[Stage]) -> Sequence[BaseImage]:
    """The images that stages begin with or copy from, each once, in the order of the file."""
    found: dict[tuple[str, str], BaseImage] = {}
    for stage in stages:
        for image in (*([stage.base] if stage.base else []), *stage.images):
            found.setdefault((image.reference, image.platform), image)
    return sorted(found.values(), key=lambda image: image.line)
