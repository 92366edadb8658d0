"""A plugin whose step does nothing, to measure what a step costs."""

from __future__ import annotations

from cdkit.api import NoOutputs, Step, StepContext, StepOptions, hookimpl


class Noop(Step):
    """Do nothing."""

    name = "noop"

    class Options(StepOptions, frozen=True, kw_only=True):
        """None."""

    def run(self, ctx: StepContext) -> NoOutputs:
        """Do nothing."""
        return NoOutputs()


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `noop`."""
    return [Noop]
