"""Removes what killed runs have left behind, while the step does its own work."""

from __future__ import annotations

import threading

from cdkit.api import CdkitError, StepContext
from cdkit_pods.conduct.milestones import Milestones
from cdkit_pods.runtime import Runtime

SWEPT = "swept"


class Sweep:
    """A sweep in a thread of its own. It never fails a step: what it cannot remove, a later run will.

    Args:
        ctx: the step.
        runtime: whose leftovers are removed.
    """

    def __init__(self, ctx: StepContext, runtime: Runtime) -> None:
        self._ctx = ctx
        self._runtime = runtime
        self._milestones = Milestones(ctx.cancellation)

    def begin(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._sweep, name="sweep-test-pods", daemon=True).start()

    def finish(self) -> None:
        """Wait until all is removed, unless the step is asked to stop."""
        if self._ctx.cancellation.reason is None:
            try:
                self._milestones.await_all((SWEPT,))
            except CdkitError:
                return

    def _sweep(self) -> None:
        try:
            for removed in self._runtime.sweep():
                self._ctx.say(f"{removed}, was removed")
        except CdkitError as error:
            if self._ctx.cancellation.reason is None:
                self._ctx.warn(f"What killed runs have left could not be removed: {error}")
        finally:
            self._milestones.reach(SWEPT)
