"""The log of one container, handed to all who want to see it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from cdkit.api import Cancellation, Cancelled, CdkitError, Inbox, LogLine, Manifest, StepContext
from cdkit_pods.logs.resumed import ResumedLog
from cdkit_pods.looks import ContainerLook
from cdkit_pods.runtime import RunningPod

OnLines = Callable[[Sequence[LogLine]], None]
OnEnd = Callable[[], None]

LAST_LINES = 50
"""How many lines are kept for evidence."""

LONGEST_SILENCE = 10.0
"""Seconds without a line, after the container has ended, after which the rest of its log is given up."""


class LogStream:
    """Follows the log of one container in a thread of its own, from the first line to the last.

    The lines go to the subscribers, and are not kept but for the last few.

    Args:
        ctx: the step whose pod it is.
        running: the pod.
        container: the container's name.
    """

    def __init__(self, ctx: StepContext, running: RunningPod, container: str) -> None:
        self.container = container
        self._ctx = ctx
        self._cancellation = Cancellation(ctx.cancellation)
        self._log = ResumedLog(running, container, ctx.clock, self._cancellation)
        self._last: deque[LogLine] = deque(maxlen=LAST_LINES)
        self._lock = threading.Lock()
        # Replaced as a whole, so that the thread of the log need not take the lock.
        self._on_lines: tuple[OnLines, ...] = ()
        self._on_end: tuple[OnEnd, ...] = ()
        self._began = False
        self._over = False
        self._error: CdkitError | None = None
        self._wake: Inbox[None] = Inbox()

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines, for evidence."""
        return tuple(line.text for line in self._last.copy())

    def subscribe(self, on_lines: OnLines) -> Callable[[], None]:
        """Give every line from now on; before the container has started, that is from its first.

        Args:
            on_lines: gets them in batches as they come, in the stream's own thread; it has to be quick.

        Returns:
            A function that takes this back.
        """
        with self._lock:
            self._on_lines = (*self._on_lines, on_lines)
        return lambda: self._forget(on_lines)

    def when_over(self, on_end: OnEnd) -> None:
        """Call a function once no line will come any more; at once, when that is so already."""
        with self._lock:
            over = self._over
            if not over:
                self._on_end = (*self._on_end, on_end)
        if over:
            on_end()

    def on_look(self, pod: Manifest) -> None:
        """Begin when the container has started, and know when it has ended; for `PodLooks.subscribe`."""
        phase = ContainerLook.at(pod, self.container).phase
        if phase == "ended":
            self._log.expect_end()
        if phase != "waiting":
            self._begin()

    def finish(self) -> None:
        """Wait for the rest of the log of a container that has ended, or is gone; warn when it does not come."""
        self._log.expect_end()
        if not self._began:
            return
        if not self._comes_to_its_end() and self._cancellation.reason is None:
            why = f"its rest did not come within {LONGEST_SILENCE:g} s."
            self._cancellation.cancel(Cancelled("The rest of the log is given up."))
        elif self._error is not None:
            why = str(self._error)
        else:
            return
        self._ctx.warn(f"The log of {self.container!r} is not whole: {why}")

    def close(self) -> None:
        """Follow it no further: no subscriber gets another line, and the last ones are still there."""
        with self._lock:
            self._on_lines = ()
        self._cancellation.cancel(Cancelled("Nobody reads this log any more."))
        self._cancellation.close()

    def _begin(self) -> None:
        with self._lock:
            if self._began:
                return
            self._began = True
        threading.Thread(target=self._follow, name=f"log-{self.container}", daemon=True).start()

    def _follow(self) -> None:
        try:
            for lines in self._log.batches():
                self._last.extend(lines[-LAST_LINES:])
                for on_lines in self._on_lines:
                    on_lines(lines)
        except CdkitError as error:
            self._error = None if self._cancellation.reason is not None else error
        finally:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            on_end, self._on_end = self._on_end, ()
        self._cancellation.close()
        self._wake.put(None)
        for tell in on_end:
            tell()

    def _comes_to_its_end(self) -> bool:
        """Wait for the end as long as lines come; a silent connection is replaced once, for it may be a dead one."""
        clock, was_replaced = self._ctx.clock, False
        forget = self._cancellation.on_cancel(lambda: self._wake.put(None))
        try:
            while not self._over and self._cancellation.reason is None:
                before = self._log.count
                clock.receive(self._wake, clock.monotonic() + LONGEST_SILENCE / 2)
                if self._log.count == before and was_replaced:
                    break
                was_replaced = self._log.count == before
                if was_replaced:
                    self._log.ask_again()
        finally:
            forget()
        return self._over

    def _forget(self, on_lines: OnLines) -> None:
        with self._lock:
            self._on_lines = tuple(other for other in self._on_lines if other is not on_lines)
