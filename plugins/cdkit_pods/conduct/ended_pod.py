"""A test pod whose tests are over: it is removed, or left for a look."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec

from cdkit.api import CdkitError, Duration, StepContext
from cdkit_pods.runtime import RunningPod
from cdkit_pods.verdict import verdict_of


class Keeping(msgspec.Struct, frozen=True):
    """When a pod is left for a look, and for how long.

    Attributes:
        when: `keep` of the options.
        seconds: `keep_for` of the options.
        is_tried_again: tests that fail get another attempt, in another pod.
    """

    when: str = "never"
    seconds: Duration = Duration(3600)
    is_tried_again: bool = False

    def holds(self, error: CdkitError | None) -> bool:
        """Whether a pod that ended so is kept. One that somebody has called off never is."""
        verdict = verdict_of(error)
        if verdict == "cancelled" or self.when == "never":
            return False
        if self.when == "always":
            return True
        return verdict != "passed" and not (verdict == "failed" and self.is_tried_again)


class EndedPod:
    """One pod that has ended, and is still there. The end of the step removes it, unless it was kept.

    Args:
        ctx: the step.
        running: the pod.
        forget: calls off that it is removed at the end of the step.
        error: why it is no success; None when its tests ended with 0.
        lost: why not all of its artifacts came out.
        last_lines: what the tests printed last.
    """

    def __init__(
        self,
        ctx: StepContext,
        running: RunningPod,
        forget: Callable[[], None],
        *,
        error: CdkitError | None = None,
        lost: CdkitError | None = None,
        last_lines: tuple[str, ...] = (),
    ) -> None:
        self.name = running.ref.name
        self.error = error
        self.lost = lost
        self.last_lines = last_lines
        self._ctx = ctx
        self._running = running
        self._forget = forget

    def settle(self, keeping: Keeping, error: CdkitError | None) -> None:
        """Keep it or remove it, by how its tests are judged when their reports have been read."""
        if keeping.holds(error):
            self._keep(keeping.seconds)
        else:
            self._remove()

    def _keep(self, seconds: Duration) -> None:
        """Leave it for a look, and say how; where that cannot be arranged it is removed in the end."""
        try:
            commands = self._running.keep(seconds)
        except CdkitError as error:
            self._ctx.warn(f"{self._running.ref} cannot be kept: {error}")
            return
        self._forget()
        self._ctx.say(f"{self._running.ref} is kept for {seconds}. To look at it, and to remove it:")
        for command in commands:
            self._ctx.say(f"  {command}")

    def _remove(self) -> None:
        """Remove it now, and not only at the end of the step; what fails here is tried again there."""
        with suppress(CdkitError):
            self._running.remove()
            self._forget()
