"""Waiting until a service is ready."""

from __future__ import annotations

from cdkit.api import Cancellation, StepContext
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.looks import PodLooks
from cdkit_pods.runtime import RunningPod
from cdkit_pods.waiting.conditions import Condition


class Readiness:
    """One service that is going to be ready. Made before it starts, so that no line of its log is missed.

    Args:
        ctx: the step that waits.
        running: the pod.
        log: the service's log, which has not begun yet.
        looks: every look at the pod.
        condition: what makes it ready.
        within: seconds that this may take from the time at which it runs.
        fails_on: a pattern; a line of its log that has it in it ends the waiting at once. Empty for none.
    """

    def __init__(
        self,
        ctx: StepContext,
        running: RunningPod,
        *,
        log: LogStream,
        looks: PodLooks,
        condition: Condition,
        within: float,
        fails_on: str = "",
    ) -> None:
        self.service = log.container

    def wait(self, cancellation: Cancellation) -> None:
        """Wait until the service is ready. Once only.

        Raises:
            WorldFailed: `service-not-ready`: it did not come in time, has ended before, or said that it has failed.
            CdkitError: the reason of the cancellation.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Look at its log no more; for one that nobody waits for any longer."""
        raise NotImplementedError
