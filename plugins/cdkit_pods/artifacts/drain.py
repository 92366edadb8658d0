"""Copies what tests have left in shared volumes out of the pod."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from cdkit.api import Cancellation, Cancelled, CdkitError, Inbox, StepContext, TimedOut, ask_all
from cdkit_pods.artifacts.unpack import Unpacked, unpack
from cdkit_pods.runtime import RunningPod

LONGEST = 300.0
"""Seconds. Artifacts come out also when the step has timed out, so they have a time of their own."""

LONGEST_AFTER_CANCEL = 10.0
"""Seconds. A step that does not stop soon after it was asked to is left behind."""

AT_ONCE = 4
"""Volumes."""

PROGRESS_STEP = 4 << 20
"""Bytes from one word of progress to the next."""


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one volume, and why not all of it, where something broke."""

    folder: Path
    unpacked: Unpacked = Unpacked()
    error: CdkitError | None = None


def drain(
    ctx: StepContext, running: RunningPod, volumes: Mapping[str, str], folder: Path, *, longest: float = LONGEST
) -> dict[str, Drained]:
    """Copy shared volumes out of a pod, in a time of their own; one that fails does not keep the others.

    Warns of what was left out, and of a volume that did not come out whole; never raises for one.

    Args:
        ctx: the step. A cancel leaves little time, and not none: what tests wrote that took too long is wanted most.
        running: the pod.
        volumes: the name of the folder that each is copied to, by the volume's name.
        folder: where those folders are made.
        longest: seconds that it may take altogether.

    Returns:
        What came out, by the volume's name.
    """
    with _time_limit(ctx, longest) as limit:
        jobs = [partial(_copy, ctx, running, volume, folder / name, limit) for volume, name in volumes.items()]
        return dict(zip(volumes, ask_all(jobs, AT_ONCE), strict=True))


def _copy(ctx: StepContext, running: RunningPod, volume: str, folder: Path, limit: Cancellation) -> Drained:
    name = folder.name
    try:
        unpacked = unpack(
            running.read_folder(volume, limit),
            folder,
            warn=lambda refusal: ctx.warn(f"Of the artifacts {name!r}, {refusal}"),
            on_progress=_now_and_then(lambda size: ctx.progress(f"artifacts {name}", size, 0, "bytes")),
        )
    except CdkitError as error:
        ctx.warn(f"The artifacts {name!r} did not come out whole: {error}")
        return Drained(folder=folder, error=error)
    return Drained(folder=folder, unpacked=unpacked)


def _now_and_then(tell: Callable[[int], None]) -> Callable[[int], None]:
    """Pass on only some of many words of progress."""
    told = 0

    def hear(size: int) -> None:
        nonlocal told
        if size - told >= PROGRESS_STEP:
            told = size
            tell(size)

    return hear


@contextmanager
def _time_limit(ctx: StepContext, longest: float) -> Iterator[Cancellation]:
    """A cancellation that comes when the time is over; a cancel of the step leaves little of it."""
    limit = Cancellation()
    wake: Inbox[None] = Inbox()
    forget = [ctx.cancellation.on_cancel(lambda: wake.put(None)), limit.on_cancel(lambda: wake.put(None))]
    threading.Thread(target=_watch_time, args=(ctx, longest, limit, wake), name="drain-limit", daemon=True).start()
    try:
        yield limit
    finally:
        limit.cancel(Cancelled("The copying is over."))
        for each in forget:
            each()


def _watch_time(ctx: StepContext, longest: float, limit: Cancellation, wake: Inbox[None]) -> None:
    clock = ctx.clock
    end = clock.monotonic() + longest
    is_cancelled = False
    while limit.reason is None:
        if ctx.cancellation.reason is not None and not is_cancelled:
            is_cancelled, end = True, min(end, clock.monotonic() + LONGEST_AFTER_CANCEL)
        clock.receive(wake, end)
        if clock.monotonic() >= end:
            limit.cancel(TimedOut("There was no more time to copy them."))
