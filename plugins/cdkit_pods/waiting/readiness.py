"""Waiting until a service is ready."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import msgspec

from cdkit.api import Cancellation, Cancelled, CdkitError, Duration, Inbox, Manifest, StepContext, WorldFailed
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.looks import ContainerLook, PodLooks
from cdkit_pods.runtime import RunningPod
from cdkit_pods.waiting.conditions import After, Condition, Exec, Exited, Healthy, Http, Leaf, Running, Tcp
from cdkit_pods.waiting.log_watch import FailureFound, LineFound, LogNews, LogOver, LogWatch
from cdkit_pods.waiting.probes import Probe, ProbeAnswer
from cdkit_pods.waiting.tree import Path, awaited, can_come, leaves

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
        self._running = running
        self._log = log
        self._looks = looks
        self._condition = condition
        self._within = within
        self._inbox: Inbox[_Message] = Inbox()
        self._log_watch = LogWatch(log, condition, fails_on, self._inbox.put)
        self._met: set[Path] = set()
        self._answers: dict[Path, str] = {}
        self._probes: dict[Path, Cancellation] = {}
        self._due: dict[Path, float] = {}
        self._look = ContainerLook()
        self._deadline: float | None = None
        self._log_is_over = False
        self._last_words_due: float | None = None

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
            while wanted := self._awaited():
                self._attend(wanted, inner)
                message = self._clock.receive(self._inbox, self._next_time(wanted))
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

    def _awaited(self) -> Mapping[Path, Leaf]:
        """The leaves that are to be looked at; none when all has come. What the last look or the clock tells counts."""
        while wanted := awaited(self._condition, self._met):
            come = {path for path, leaf in wanted.items() if self._has_come(path, leaf)}
            if not come:
                self._raise_if_hopeless()
                break
            self._met |= come
        return wanted

    def _has_come(self, path: Path, leaf: Leaf) -> bool:
        look = self._look
        if isinstance(leaf, Running):
            return look.phase == "running"
        if isinstance(leaf, Healthy):
            return look.phase == "running" and look.ready
        if isinstance(leaf, Exited):
            return look.phase == "ended" and look.exit_code == leaf.code
        return isinstance(leaf, After) and self._due.get(path, float("inf")) <= self._clock.monotonic()

    def _attend(self, wanted: Mapping[Path, Leaf], cancellation: Cancellation) -> None:
        """Ask for all that is waited for now, and for nothing else, as soon as the service runs."""
        for path in self._probes.keys() - wanted.keys():
            self._probes.pop(path).cancel(Cancelled("This is not waited for any more."))
        if self._look.phase == "waiting":
            return
        now = self._clock.monotonic()
        self._deadline = now + self._within if self._deadline is None else self._deadline
        for path, leaf in wanted.items():
            if isinstance(leaf, After):
                self._due.setdefault(path, now + leaf.seconds)
            elif isinstance(leaf, Tcp | Http | Exec) and path not in self._probes and self._look.phase == "running":
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

    def _next_time(self, wanted: Mapping[Path, Leaf]) -> float | None:
        """Until when to wait for a message; None for as long as it takes, before the service runs."""
        times = [self._due[path] for path in wanted if path in self._due]
        limits = [time for time in (self._deadline, self._last_words_due) if time is not None]
        return min([*times, *limits], default=None)

    def _take(self, message: _Message) -> None:
        match message:
            case CdkitError():
                raise message
            case FailureFound(line):
                raise self._failed(f"The service {self.service!r} says that it has failed: {line}")
            case LineFound(path):
                self._met.add(path)
            case LogOver():
                self._log_is_over, self._last_words_due = True, None
            case ContainerLook():
                self._look = message
            case _Answered(path, answer):
                self._answers[path] = answer.text
                self._met |= {path} if answer.has_come else set()
            case None if self._deadline is not None and self._clock.monotonic() >= self._deadline:
                raise self._late()

    def _raise_if_hopeless(self) -> None:
        """End the waiting for what an ended service will never do, once its last words are read."""
        if self._look.phase != "ended" or self._expects_last_words():
            return
        everything = dict(leaves(self._condition))
        hopeless = {path for path, leaf in everything.items() if not isinstance(leaf, After)}
        may_end = any(isinstance(leaf, Exited) for leaf in everything.values())
        if may_end and can_come(self._condition, self._met, hopeless):
            return
        reason = f" ({self._look.reason})" if self._look.reason not in {"", "Error", "Completed"} else ""
        code = f"exit code {self._look.exit_code}{reason}"
        raise self._failed(f"The service {self.service!r} ended with {code} before it was ready: {self._lacking()}.")

    def _expects_last_words(self) -> bool:
        if self._log_is_over:
            return False
        now = self._clock.monotonic()
        if self._last_words_due is None:
            self._last_words_due = now + LAST_WORDS
        return now < self._last_words_due

    def _late(self) -> WorldFailed:
        time = Duration(self._within).written()
        return self._failed(f"The service {self.service!r} was not ready within {time}: {self._lacking()}.")

    def _lacking(self) -> str:
        """What has not come, and what the last answers were."""
        wanted = awaited(self._condition, self._met)
        return "; ".join(f"{leaf} {self._answers.get(path, leaf.unanswered)}" for path, leaf in wanted.items())

    def _failed(self, message: str) -> WorldFailed:
        return WorldFailed(
            message,
            remedy=f"See in the log of {self.service!r} what it waits for; raise its `within` if it is only slow.",
            cause="service-not-ready",
            evidence=self._log.last_lines,
        )
