"""Waiting for a service: what ends it, when, and what is said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cdkit.errors import AccessDenied, Cancelled, CdkitError, InvalidInput, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import LogLine
from cdkit.models.kube import Manifest
from cdkit.testing import FakeClock
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.looks import PodLooks
from cdkit_pods.waiting.conditions import (
    After,
    AllOf,
    AnyOf,
    Condition,
    Exec,
    Exited,
    Healthy,
    InOrder,
    LogMatch,
    Running,
    Tcp,
)
from cdkit_pods.waiting.readiness import Readiness
from tests.unit.pods.played_pod import PlayedLog, PlayedPod, ended, pod_with, running
from tests.unit.pods.test_logs import PATIENCE, a_context

STARTING: Manifest = {"waiting": {"reason": "ContainerCreating"}}


class Waiting:
    """A wait for `db` in a thread of its own, in a world that the test plays."""

    def __init__(self, folder: Path, condition: Condition, *, within: float = 60, fails_on: str = "") -> None:
        self.clock = FakeClock()
        self.cancellation = Cancellation()
        self.pod = PlayedPod(self._play)
        self.log = self.pod.logs["db"] = PlayedLog()
        self.looks = PodLooks()
        self.answers: list[bytes] = []
        self.codes: list[int] = []
        self.denied = False
        self.hung_up: list[str] = []
        ctx = a_context(folder, self.clock)
        stream = LogStream(ctx, self.pod, "db")
        self.looks.subscribe(stream.on_look)
        self._readiness = Readiness(
            ctx, self.pod, log=stream, looks=self.looks, condition=condition, within=within, fails_on=fails_on
        )
        self._error: CdkitError | None = None
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def look(self, state: Manifest) -> None:
        self.looks.on_look(pod_with(db=state))

    def ready(self, *, passing: float = 0) -> None:
        """The wait ends well, while the time goes on in such steps."""
        self._end(passing)
        assert self._error is None, self._error

    def error(self, *, passing: float = 0) -> CdkitError:
        """The wait ends badly, while the time goes on in such steps."""
        self._end(passing)
        assert self._error is not None
        return self._error

    def _end(self, passing: float) -> None:
        eventually = time.monotonic() + PATIENCE
        while self._thread.is_alive() and time.monotonic() < eventually:
            self._thread.join(0.01)
            self.clock.advance(passing)
        assert not self._thread.is_alive()

    def still_waits(self) -> None:
        self._thread.join(0.05)
        assert self._thread.is_alive()

    def _wait(self) -> None:
        try:
            self._readiness.wait(self.cancellation)
        except CdkitError as error:
            self._error = error

    def _play(self, container: str, command: Sequence[str], cancellation: Cancellation) -> Iterator[bytes | int]:
        if self.denied:
            raise AccessDenied("The account may not create pods/exec.")
        if container == "db":
            yield self.codes.pop(0) if self.codes else 1
            yield b"no response\n"
            return
        yield from self.answers
        hung_up = threading.Event()
        cancellation.on_cancel(hung_up.set)
        assert hung_up.wait(PATIENCE)
        self.hung_up.append(command[5])
        cancellation.raise_if_cancelled()


def test_a_service_without_a_condition_is_ready_when_it_runs(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Running())
    waiting.look(STARTING)
    waiting.still_waits()
    waiting.look(running())
    waiting.ready()


def test_a_service_that_only_had_to_run_and_has_ended_says_what_to_do(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Running())
    waiting.log.write("bad password", closed=True)
    waiting.look(ended(1))
    error = waiting.error()
    assert error.message == "The service 'db' ended with exit code 1 before it was ready."
    assert (error.evidence, error.remedy) == (("bad password",), "See in the log of 'db' why it ended.")


def test_a_service_that_has_done_its_work_is_told_how_to_be_waited_for(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(80))
    waiting.log.write(closed=True)
    waiting.look(ended(0))
    assert waiting.error().remedy == (
        "See in the log of 'db' why it ended; if that is its work, wait for it with `ready: {exited: 0}`."
    )


def test_a_port_is_asked_in_the_keeper_by_one_execution(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(5432))
    waiting.answers = [b"closed\nclo", b"sed\nopen\n"]
    waiting.look(running())
    waiting.ready()
    ((container, command),) = waiting.pod.executed
    assert container == "cdkit-keeper"
    assert "5432" in command
    assert "5432" not in command[3]


def test_the_time_runs_only_once_the_service_does(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Healthy(), within=60)
    waiting.look(STARTING)
    waiting.clock.await_waiters()
    waiting.clock.advance(3600)
    waiting.still_waits()
    waiting.look(running())
    assert (
        waiting.error(passing=20).message
        == "The service 'db' was not ready within 1m: its health check has not passed."
    )


def test_who_is_late_is_told_with_the_last_answer_and_its_log(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, AllOf((Tcp(80), LogMatch("ready"))), within=3)
    waiting.log.write("starting", closed=True)
    waiting.answers = [b"closed\n"]
    waiting.look(running())
    error = waiting.error(passing=1)
    assert isinstance(error, WorldFailed)
    assert error.cause == "service-not-ready"
    assert error.evidence == ("starting",)
    assert error.message == (
        "The service 'db' was not ready within 3s: tcp port 80 took no connection; "
        "a line of its log that matches 'ready' has not come."
    )


def test_a_line_of_the_log_counts_from_the_very_first(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, InOrder((Healthy(), LogMatch("read[y]"))))
    waiting.log.write("is ready", closed=True)
    waiting.look(running(ready=True))
    waiting.ready()


def test_patterns_in_order_want_lines_in_order(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, InOrder((LogMatch("ready"), LogMatch("ready"))))
    waiting.log.write("ready to set up")
    waiting.look(running())
    waiting.still_waits()
    waiting.log.write("ready to serve")
    waiting.ready()


def test_a_line_that_tells_of_failure_ends_the_waiting_at_once(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(5432), fails_on="^FATAL")
    waiting.log.write("starting", "FATAL: no space left")
    waiting.look(running())
    error = waiting.error()
    assert error.message == "The service 'db' says that it has failed: FATAL: no space left"
    assert "`fails_on`" in error.remedy
    assert error.cause == "service-not-ready"
    assert waiting.hung_up in ([], ["5432"])


def test_a_service_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(5432))
    waiting.log.write("Killed", closed=True)
    waiting.look(running())
    waiting.look(ended(137, "OOMKilled"))
    message = waiting.error().message
    assert message.startswith(
        "The service 'db' ended with exit code 137 (OOMKilled) before it was ready: tcp port 5432"
    )


def test_the_end_of_a_service_can_be_what_is_waited_for(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Exited(0))
    waiting.look(running())
    waiting.look(ended(0, "Completed"))
    waiting.ready()


def test_another_exit_code_than_is_waited_for_ends_the_waiting(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Exited(0))
    waiting.log.write(closed=True)
    waiting.look(ended(3))
    assert waiting.error().message == (
        "The service 'db' ended with exit code 3 before it was ready: its end with exit code 0 has not come."
    )


def test_what_an_ended_service_has_written_still_counts(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, AllOf((Exited(0), LogMatch("migrated"))))
    waiting.look(ended(0))
    waiting.still_waits()
    waiting.log.write("migrated", closed=True)
    waiting.ready()


def test_a_service_that_became_ready_just_before_its_end_lacks_only_the_rest(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, InOrder((LogMatch("serving"), Tcp(80))))
    waiting.look(ended(1))
    waiting.still_waits()
    waiting.log.write("serving", closed=True)
    assert "before it was ready: tcp port 80 has not been asked yet." in waiting.error().message


def test_last_words_that_do_not_come_are_not_waited_for_long(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(80))
    waiting.look(ended(1))
    assert "ended with exit code 1 before it was ready" in waiting.error(passing=1).message


def test_what_an_ended_service_has_not_written_will_not_come(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, AllOf((Exited(0), LogMatch("migrated"))))
    waiting.log.write("nothing to do", closed=True)
    waiting.look(ended(0))
    assert "a line of its log that matches 'migrated' has not come" in waiting.error().message


def test_a_command_is_run_again_until_it_ends_well(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Exec(("pg_isready",)), within=600)
    waiting.codes = [2, 0]
    waiting.look(running())
    waiting.clock.await_waiters(2)
    waiting.clock.advance(0.1)
    waiting.ready()
    assert waiting.pod.executed == [("db", ("pg_isready",))] * 2


def test_one_of_several_is_enough_and_the_others_are_hung_up_on(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, AnyOf((Tcp(80), Healthy())))
    waiting.look(running())
    waiting.clock.await_waiters()
    waiting.look(running(ready=True))
    waiting.ready()


def test_a_time_begins_when_what_is_before_it_has_come(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, InOrder((Healthy(), After(5))))
    waiting.look(running())
    waiting.clock.await_waiters()
    waiting.clock.advance(30)
    waiting.look(running(ready=True))
    waiting.still_waits()
    waiting.ready(passing=5)


def test_a_cancel_ends_the_waiting_with_its_reason(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(80))
    waiting.look(running())
    waiting.cancellation.cancel(Cancelled("enough"))
    assert waiting.error().message == "enough"


def test_a_refusal_to_run_commands_is_not_waited_out(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Tcp(80))
    waiting.denied = True
    waiting.look(running())
    assert isinstance(waiting.error(), AccessDenied)


def test_a_pattern_that_would_take_years_is_refused(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, LogMatch("(a|aa)+b$"))
    waiting.log.write("a" * 4000)
    waiting.look(running())
    error = waiting.error()
    assert isinstance(error, InvalidInput)
    assert error.message == "The pattern '(a|aa)+b$' takes more than 0.25 s on a text of 4000 characters."


@pytest.mark.parametrize("line", ["", "ready" + "x" * 100_000, "\x1b[1mready\x1b[0m", "\0ready", "reäd\udcff ready"])
def test_no_line_breaks_the_watch(tmp_path: Path, line: str) -> None:
    waiting = Waiting(tmp_path, LogMatch("ready$|^ready|mready"))
    waiting.log.write(LogLine("", line), "ready", closed=True)
    waiting.look(running())
    waiting.ready()


def test_no_time_at_all_is_a_time_too(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, Healthy(), within=0)
    waiting.look(running())
    assert waiting.error().message == "The service 'db' was not ready within 0s: its health check has not passed."


def test_a_time_may_pass_after_the_end_of_a_service_whose_last_words_do_not_come(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path, InOrder((Exited(0), After(20))))
    waiting.look(ended(0))
    waiting.still_waits()
    waiting.ready(passing=2)
