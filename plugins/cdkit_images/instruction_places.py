"""Where in the Dockerfile the instruction stands that a builder speaks of."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cdkit.api import BuildStep
from cdkit_images.dockerfile import Instruction, Stage

_CHANGING = frozenset({"ADD", "COPY", "RUN", "WORKDIR"})
"""The instructions that BuildKit counts."""


class InstructionPlace(msgspec.Struct, frozen=True):
    """An instruction in its stage.

    Attributes:
        stage: what the stage is called, or `stage-N`.
        number: the instruction's place in it, counted from 1.
        total: how many instructions it has.
        line: where the instruction stands; 0 when that is not known.
    """

    stage: str
    number: int
    total: int
    line: int = 0


def place_of(step: BuildStep, stages: Sequence[Stage], before: int) -> InstructionPlace:
    """The place of an instruction.

    Args:
        step: as the builder counts.
        stages: of the Dockerfile.
        before: how many instructions stand above the first FROM.
    """
    if step.builder == "classic":
        return _counted_through(step, stages, before)
    stage = _stage_called(step.stage, stages)
    if stage is None:
        return InstructionPlace(step.stage or "build", step.number, step.total)
    changing = [each for each in stage.instructions if each.keyword in _CHANGING]
    # A base image counts as the first of them.
    index = step.number - 1 - (step.total - len(changing))
    line = changing[index].line if 0 <= index < len(changing) and _is(changing[index], step) else 0
    return InstructionPlace(name_of(stage, stages), step.number, step.total, line)


def name_of(stage: Stage, stages: Sequence[Stage]) -> str:
    """What a person would call a stage: a single one without a name is the build itself."""
    return stage.name or ("build" if len(stages) == 1 else f"stage-{stage.index}")


def _counted_through(step: BuildStep, stages: Sequence[Stage], before: int) -> InstructionPlace:
    """The classic builder counts every line of the file, FROM too, and then the labels that it was given."""
    number = step.number - before
    for stage in stages:
        own = [each for each in stage.instructions if each.line > stage.line]
        total = len(own) + 1
        if 0 < number <= total:
            line = stage.line if number == 1 else own[number - 2].line
            return InstructionPlace(name_of(stage, stages), number, total, line)
        number -= total
    return InstructionPlace("build", step.number, step.total)


def _stage_called(name: str, stages: Sequence[Stage]) -> Stage | None:
    if not name:
        return stages[0] if len(stages) == 1 else None
    return next((stage for stage in stages if name in {stage.name, f"stage-{stage.index}"}), None)


def _is(instruction: Instruction, step: BuildStep) -> bool:
    return step.instruction.upper().startswith(instruction.keyword)
