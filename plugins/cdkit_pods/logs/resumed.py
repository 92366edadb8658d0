"""One log, out of as many requests as it takes."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from cdkit.api import Cancellation, Cancelled, CdkitError, Clock, Inbox, LogLine, Unavailable
from cdkit_pods.logs.position import LogPosition
from cdkit_pods.runtime import RunningPod

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds before a log that broke off is taken up again; they double as long as nothing new comes."""

MOST_REFUSALS = 5
"""In a row. Just after a start, the log of a container may not be there yet."""


class ResumedLog:
    """The log of a container that has started, taken up again whenever it breaks off; no line is lost or comes twice.

    Args:
        running: the pod.
        container: the container's name.
        clock: the time.
        cancellation: ends it.
    """

    def __init__(self, running: RunningPod, container: str, clock: Clock, cancellation: Cancellation) -> None:
        self._running = running
        self._container = container
        self._clock = clock
        self._cancellation = cancellation
        self._request = Cancellation(cancellation)
        self._position = LogPosition()
        self._wake: Inbox[None] = Inbox()
        self._end_is_due = False
        self._refusals = 0

    @property
    def count(self) -> int:
        """How many lines have come."""
        return self._position.total

    def expect_end(self) -> None:
        """Say that the container has ended: the log is whole when a request comes to its end from now on."""
        if not self._end_is_due:
            self._end_is_due = True
            self._wake.put(None)

    def ask_again(self) -> None:
        """Take the log up again on a new connection; this one may be dead without anybody having said so."""
        self._request.cancel(Cancelled("The connection is silent."))

    def batches(self) -> Iterator[Sequence[LogLine]]:
        """The lines, from the first to the last one of the container, in batches as they are there. Once only.

        Raises:
            CdkitError: the reason of the cancellation; or that the log is refused time and again.
        """
        forget = self._cancellation.on_cancel(lambda: self._wake.put(None))
        pause = FIRST_PAUSE
        try:
            while True:
                before = self.count
                whole = yield from self._one_request()
                if whole and self._end_is_due:
                    return
                pause = FIRST_PAUSE if self.count > before else min(2 * pause, LONGEST_PAUSE)
                self._clock.receive(self._wake, self._clock.monotonic() + pause)
                self._cancellation.raise_if_cancelled()
        finally:
            forget()

    def _one_request(self) -> Generator[Sequence[LogLine], None, bool]:
        """The lines of one request that are new; returns whether it came to its end by itself."""
        since = self._position.take_up()
        request = self._request = Cancellation(self._cancellation)
        try:
            for lines in self._running.log(self._container, since=since, cancellation=request):
                if new := self._position.new_of(lines):
                    yield new
        except Unavailable:
            return False
        except CdkitError:
            self._cancellation.raise_if_cancelled()
            self._refusals += request.reason is None
            if self._refusals == MOST_REFUSALS:
                raise
            return False
        finally:
            request.close()
        self._refusals = 0
        self._cancellation.raise_if_cancelled()
        return request.reason is None
