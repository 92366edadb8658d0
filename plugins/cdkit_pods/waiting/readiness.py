"""Waiting until a service is ready."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import msgspec

from cdkit.api import Cancellation, Cancelled, CdkitError, Duration, Inbox, Manifest, StepContext, WorldFailed
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.looks import ContainerLook, PodLooks
from cdkit_pods.runtime import RunningPod
from cdkit_pods.verdict import unstarted_error
from cdkit_pods.waiting.conditions import Condition, Exec, Http, Leaf, Tcp
from cdkit_pods.waiting.log_watch import FailureFound, LineFound, LogNews, LogOver, LogWatch
from cdkit_pods.waiting.probes import Probe, ProbeAnswer
from cdkit_pods.waiting.progress import Progress
from cdkit_pods.waiting.tree import Path

LAST_WORDS = 5.0
"""Seconds that the rest of the log of a service that has ended may take: it says why, or says what is waited for."""


class _Answered(msgspec.Struct, frozen=True):
    """A probe of a leaf has an answer."""

    path: Path
    answer: ProbeAnswer


_Message = LogNews | ContainerLook | _Answered | None


class Readiness:
    """One service that is going to be ready. Made before it starts, so that no line of its log is missed.

    Args:
        ctx: the step that waits.
        running: the pod.
        log: the service's log, which has not begun yet.
        looks: every look at the pod.
        condition: what makes it ready.
        within: seconds that this may take from the time at which it runs, or is waited for, whichever is later.
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
        self._clock = ctx.clock
        self._never_ran = ctx.never_ran
        self._running = running
        self._log = log
        self._looks = looks
        self._within = within
        self._inbox: Inbox[_Message] = Inbox()
        self._log_watch = LogWatch(log, condition, fails_on, self._inbox.put)
        self._progress = Progress(condition)
        self._probes: dict[Path, Cancellation] = {}
        self._deadline: float | None = None
        self._last_words_due: float | None = None
        self._log_is_over = False

    def wait(self, cancellation: Cancellation) -> None:
        """Wait until the service is ready. Once only.

        Raises:
            WorldFailed: `service-not-ready`: it did not come in time, has ended before, or said that it has failed.
            AccessDenied: we may not run commands in the pod.
            InvalidInput: a pattern takes too long to look for.
            CdkitError: the reason of the cancellation.
        """
        inner = Cancellation(cancellation)
        wake = cancellation.on_cancel(lambda: self._inbox.put(None))
        forget = self._looks.subscribe(self._on_look)
        try:
            while wanted := self._progress.awaited(now := self._clock.monotonic()):
                self._raise_if_over(now)
                self._attend(wanted, inner)
                message = self._clock.receive(self._inbox, self._next_time(wanted, now))
                cancellation.raise_if_cancelled()
                self._take(message)
        finally:
            inner.cancel(Cancelled("Nobody waits any more."))
            inner.close()
            forget()
            wake()
            self.close()

    def close(self) -> None:
        """Look at its log no more; for one that nobody waits for any longer."""
        self._log_watch.close()

    def _on_look(self, pod: Manifest) -> None:
        self._inbox.put(ContainerLook.at(pod, self.service))

    def _raise_if_over(self, now: float) -> None:
        """End the waiting when it takes too long, or is for what an ended service will never do."""
        progress, look = self._progress, self._progress.look
        if look.phase == "ended" and not self._expects_last_words(now) and progress.is_hopeless:
            if unstarted := unstarted_error(self.service, self._log.last_lines, self._never_ran):
                raise unstarted
            raise self._ended_early(look, progress.lacking())
        if self._deadline is not None and now >= self._deadline:
            limit = Duration(self._within).written()
            raise self._failed(
                f"was not ready within {limit}: {progress.lacking()}.",
                f"See in the log of {self.service!r} what it waits for; raise its `within` if it is only slow.",
            )

    def _expects_last_words(self, now: float) -> bool:
        if self._last_words_due is None:
            self._last_words_due = now + LAST_WORDS
        return not self._log_is_over and now < self._last_words_due

    def _next_time(self, wanted: Mapping[Path, Leaf], now: float) -> float | None:
        """Until when to wait for a message; None for as long as it takes, before the service runs."""
        if self._progress.look.phase == "waiting":
            return None
        due, last_words = self._progress.next_due(wanted, now), self._last_words_due
        times = (due, self._deadline, last_words if last_words is not None and last_words > now else None)
        return min((time for time in times if time is not None), default=None)

    def _attend(self, wanted: Mapping[Path, Leaf], cancellation: Cancellation) -> None:
        """Ask for all that is waited for now, and for nothing else, while the service runs."""
        for path in self._probes.keys() - wanted.keys():
            self._probes.pop(path).cancel(Cancelled("This is not waited for any more."))
        phase = self._progress.look.phase
        if phase != "waiting" and self._deadline is None:
            self._deadline = self._clock.monotonic() + self._within
        for path, leaf in wanted.items() if phase == "running" else ():
            if isinstance(leaf, Tcp | Http | Exec) and path not in self._probes:
                self._probes[path] = Cancellation(cancellation)
                self._ask(path, leaf, self._probes[path])

    def _ask(self, path: Path, leaf: Tcp | Http | Exec, cancellation: Cancellation) -> None:
        """Let a probe put its answers into the inbox, from a thread of its own."""

        def ask() -> None:
            try:
                for answer in Probe(self._running, self.service, self._clock, cancellation).answers(leaf):
                    self._inbox.put(_Answered(path, answer))
            except CdkitError as error:
                if cancellation.reason is None:
                    self._inbox.put(error)

        threading.Thread(target=ask, name=f"probe-{self.service}", daemon=True).start()

    def _take(self, message: _Message) -> None:
        match message:
            case CdkitError():
                raise message
            case FailureFound(line):
                raise self._failed(
                    f"says that it has failed: {line}",
                    f"See in the log of {self.service!r} why; narrow its `fails_on` if such a line is harmless.",
                )
            case LineFound(path):
                self._progress.note_come(path)
            case LogOver():
                self._log_is_over = True
            case ContainerLook():
                self._progress.look = message
            case _Answered(path, answer) if answer.has_come:
                self._progress.note_come(path)
            case _Answered(path, answer):
                self._progress.note_answer(path, answer.text)

    def _ended_early(self, look: ContainerLook, lacking: str) -> WorldFailed:
        reason = f" ({look.reason})" if look.reason not in {"", "Error", "Completed"} else ""
        missing = f": {lacking}" if lacking else ""
        is_done = "" if look.exit_code else "; if that is its work, wait for it with `ready: {exited: 0}`"
        return self._failed(
            f"ended with exit code {look.exit_code}{reason} before it was ready{missing}.",
            f"See in the log of {self.service!r} why it ended{is_done}.",
        )

    def _failed(self, what: str, remedy: str) -> WorldFailed:
        return WorldFailed(
            f"The service {self.service!r} {what}",
            remedy=remedy,
            cause="service-not-ready",
            evidence=self._log.last_lines,
        )
