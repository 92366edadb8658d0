"""Artifacts come out of the pod in a time of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from cdkit.errors import Cancelled, TimedOut, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.event import StepProgress
from cdkit.step import StepContext
from cdkit.testing import FakeClock
from cdkit_pods.artifacts.drain import Drained, drain
from cdkit_pods.artifacts.unpack import Unpacked
from tests.unit.pods.played_pod import PlayedPod
from tests.unit.pods.test_artifacts import Entry, archive
from tests.unit.pods.test_logs import PATIENCE, a_context, events, warnings


class HangingPod(PlayedPod):
    """A pod that gives the beginning of an archive, and then nothing more."""

    def read_folder(self, volume: str, cancellation: Cancellation) -> Iterator[bytes]:
        yield archive(Entry("first", b"whole"), Entry("second", bytes(2000)))[:2000]
        cancelled = threading.Event()
        cancellation.on_cancel(cancelled.set)
        assert cancelled.wait(PATIENCE)
        cancellation.raise_if_cancelled()


def drained_while_time_passes(ctx: StepContext, clock: FakeClock, folder: Path, seconds: int) -> Drained:
    """Drain a pod that hangs, while the time goes on to so many seconds and no further."""
    found: list[Drained] = []
    worker = threading.Thread(target=lambda: found.extend(drain(ctx, HangingPod(), {"v": "r"}, folder).values()))
    worker.start()
    clock.await_waiters()
    clock.advance(seconds - 1)
    worker.join(0.05)
    assert worker.is_alive()
    clock.await_waiters()
    clock.advance(1)
    worker.join(PATIENCE)
    return found[0]


def test_every_volume_comes_into_the_folder_of_its_name(tmp_path: Path) -> None:
    pod = PlayedPod()
    pod.archives = {"v1": [archive(Entry("./a.xml", b"<a/>"))], "v2": [archive()]}
    drained = drain(a_context(tmp_path), pod, {"v1": "reports", "v2": "coverage"}, tmp_path / "artifacts")
    assert drained["v1"] == Drained(folder=tmp_path / "artifacts" / "reports", unpacked=Unpacked(files=1, size=4))
    assert (tmp_path / "artifacts" / "reports" / "a.xml").read_bytes() == b"<a/>"
    assert (tmp_path / "artifacts" / "coverage").is_dir()


def test_what_is_left_out_is_told_with_the_name_of_its_folder(tmp_path: Path) -> None:
    ctx, pod = a_context(tmp_path), PlayedPod()
    pod.archives = {"v": [archive(Entry("../x"))]}
    drain(ctx, pod, {"v": "reports"}, tmp_path / "out")
    assert warnings(ctx) == ["Of the artifacts 'reports', '../x' was left out: its path leads out of the folder."]


def test_a_volume_that_breaks_does_not_keep_the_others(tmp_path: Path) -> None:
    ctx, pod = a_context(tmp_path), PlayedPod()
    pod.archives = {"bad": [archive(Entry("a"))[:700]], "good": [archive(Entry("b", b"x"))]}
    drained = drain(ctx, pod, {"bad": "bad", "good": "good"}, tmp_path / "out")
    assert isinstance(drained["bad"].error, WorldFailed)
    assert drained["good"].error is None
    assert (tmp_path / "out" / "good" / "b").read_bytes() == b"x"
    (warning,) = warnings(ctx)
    assert warning.startswith("The artifacts 'bad' did not come out whole: What came out of the pod is no whole tar")


def test_a_volume_that_hangs_ends_with_its_time_and_what_came_out_stays(tmp_path: Path) -> None:
    clock = FakeClock()
    ctx = a_context(tmp_path, clock)
    drained = drained_while_time_passes(ctx, clock, tmp_path / "out", 300)
    assert isinstance(drained.error, TimedOut)
    assert [path.name for path in (tmp_path / "out" / "r").iterdir()] == ["first"]
    assert warnings(ctx) == ["The artifacts 'r' did not come out whole: There was no more time to copy them."]


def test_a_cancelled_step_still_gets_its_artifacts_in_a_short_time(tmp_path: Path) -> None:
    clock = FakeClock()
    ctx = a_context(tmp_path, clock)
    ctx.cancellation.cancel(Cancelled("enough"))
    assert isinstance(drained_while_time_passes(ctx, clock, tmp_path / "out", 10).error, TimedOut)


def test_how_far_a_large_volume_has_come_is_told_now_and_then(tmp_path: Path) -> None:
    ctx, pod = a_context(tmp_path), PlayedPod()
    pod.archives = {"v": [archive(Entry("large", bytes(1 << 16)))[:-1024]] * 100 + [archive(Entry("end"))]}
    drain(ctx, pod, {"v": "reports"}, tmp_path / "out")
    (told,) = [event for event in events(ctx) if isinstance(event, StepProgress)]
    assert (told.item, told.current, told.unit) == ("artifacts reports", 4 << 20, "bytes")
