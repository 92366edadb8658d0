"""A container's log, shown line by line while it runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from cdkit.api import CdkitError, Manifest, ObjectRef, StepContext

LAST_LINES = 20
DRAIN_SECONDS = 10.0
"""How long the rest of a log may take to arrive after its container has ended."""


class LogStream:
    """Follows the log of one container as soon as it has started.

    Args:
        ctx: the step that shows it.
        pod: the pod.
        container: the container's name.
    """

    def __init__(self, ctx: StepContext, pod: ObjectRef, container: str) -> None:
        self._ctx = ctx
        self._pod = pod
        self._container = container
        self._thread: threading.Thread | None = None
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    def look_at(self, pod: Manifest) -> None:
        """Begin to follow, when the container has started and nobody follows it yet."""
        if self._thread is None and _has_started(pod, self._container):
            self._thread = threading.Thread(target=self._follow, name=f"log-{self._pod.name}", daemon=True)
            self._thread.start()

    def finish(self) -> Sequence[str]:
        """Wait for the rest of the log, and give its last lines."""
        if self._thread is not None:
            self._thread.join(DRAIN_SECONDS)
        return list(self._last)

    def _follow(self) -> None:
        ctx = self._ctx
        try:
            lines = ctx.cluster.logs(self._pod, self._container, cancellation=ctx.cancellation, follow=True)
            for line in lines:
                self._last.append(line)
                ctx.say(line, "stdout")
        except CdkitError as error:
            if ctx.cancellation.reason is None:
                ctx.warn(f"The log of {self._pod} broke off: {error}")


def _has_started(pod: Manifest, container: str) -> bool:
    for status in pod.get("status", {}).get("containerStatuses", []):
        if status["name"] == container:
            return bool({"running", "terminated"} & status.get("state", {}).keys())
    return False
