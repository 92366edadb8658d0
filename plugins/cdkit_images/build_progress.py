"""How far a build has come, stage by stage, and where it failed."""

from __future__ import annotations

from cdkit.api import BuildFailed, BuildStep, StepContext
from cdkit_images.instruction_places import InstructionPlace, place_of
from cdkit_images.recipe import Recipe


class BuildProgress:
    """Tells the step's context what a builder says of its instructions.

    Args:
        ctx: of the step.
        recipe: what is built.
    """

    def __init__(self, ctx: StepContext, recipe: Recipe) -> None:
        self._ctx = ctx
        self._file = recipe.dockerfile.file
        self._stages = recipe.stages[0]
        self._before = sum(each.line < self._stages[0].line for each in recipe.dockerfile.instructions)

    def show(self, step: BuildStep) -> None:
        """An instruction begins, or is done."""
        place = self._place(step)
        done = place.number if step.done else place.number - 1
        self._ctx.progress(place.stage, done, place.total, "instructions")

    def located(self, error: BuildFailed) -> BuildFailed:
        """An error with the line of the instruction that failed."""
        line = self._place(error.step).line if error.step else 0
        where = f"{self._file}:{line}: " if line else ""
        return BuildFailed(f"{where}{error.message}", step=error.step, evidence=error.evidence)

    def _place(self, step: BuildStep) -> InstructionPlace:
        return place_of(step, self._stages, self._before)
