"""The log of one container, followed from its first line to its last."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Literal

from cdkit.api import Cancellation, Cancelled, CdkitError, Inbox, LogLine, Manifest, StepContext, Unavailable
from cdkit_pods.logs.position import LogPosition
from cdkit_pods.looks import ContainerLook
from cdkit_pods.runtime import RunningPod

OnLine = Callable[[LogLine], None]

LAST_LINES = 50
"""How many lines are kept for evidence."""

LONGEST_SILENCE = 10.0
"""Seconds without a line, after the container has ended, after which the rest of its log is given up."""

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds before a log that broke off is taken up again; they double as long as nothing new comes."""

_Signal = Literal["container ended", "reader ended", "cancelled"]


class LogStream:
    """Follows the log of one container; takes it up again when it breaks off, with nothing lost and nothing doubled.

    The lines go to the subscribers in a thread of the stream, and are not kept but for the last few.

    Args:
        ctx: the step whose pod it is.
        running: the pod.
        container: the container's name.
    """

    def __init__(self, ctx: StepContext, running: RunningPod, container: str) -> None:
        self._ctx = ctx
        self._running = running
        self.container = container
        self._position = LogPosition()
        self._last: deque[LogLine] = deque(maxlen=LAST_LINES)
        self._subscribers: tuple[OnLine, ...] = ()
        self._lock = threading.Lock()

    def subscribe(self, on_line: OnLine) -> Callable[[], None]:
        """Give every line from now on; before the container has started, that is from its first. Gives a function that ends it."""
        raise NotImplementedError

    def on_look(self, pod: Manifest) -> None:
        """Begin when the container has started, and know when it has ended; for `PodLooks.subscribe`."""
        raise NotImplementedError

    def finish(self) -> None:
        """Wait until the log of a container that has ended, or is gone, has come to its end; warn when it does not."""
        raise NotImplementedError

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines, for evidence."""
        return tuple(line.text for line in self._last)
