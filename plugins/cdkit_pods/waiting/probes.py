"""Asks a service whether it is ready: its ports by a shell in the keeper, a command in its own container."""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Sequence

import msgspec

from cdkit.api import AccessDenied, Cancellation, CdkitError, Clock, Executed, WorldFailed, pause
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import KEEPER
from cdkit_pods.waiting.conditions import Exec, Http, Tcp
from cdkit_pods.waiting.http_answer import request_of, shortcoming
from cdkit_pods.waiting.pattern import Pattern
from cdkit_pods.waiting.scripts import HTTP_SCRIPT, TALK_SCRIPT, TCP_SCRIPT

BUSYBOX = "/bin/busybox"

CONNECT_SECONDS = 2
ANSWER_SECONDS = 5
PAUSE_SECONDS = "0.1"
ROUNDS = 600
"""How often one execution asks. On a cluster it outlives us when our connection breaks, so it has to end by itself."""

LARGEST_ANSWER = 1 << 16
"""Bytes of an answer that are looked at."""

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
"""Seconds between executions in a service, which cost it more than a connection does."""


class ProbeAnswer(msgspec.Struct, frozen=True):
    """What came of asking once.

    Attributes:
        text: follows the condition's own words: `http GET / on 80` `answered 503`. Empty when it has come.
    """

    text: str = ""

    @property
    def has_come(self) -> bool:
        """Whether what is waited for is there."""
        return not self.text


class Probe:
    """Asks a service again and again.

    Args:
        running: the pod.
        service: its container's name.
        clock: the time.
        cancellation: ends it.
    """

    def __init__(self, running: RunningPod, service: str, clock: Clock, cancellation: Cancellation) -> None:
        self._running = running
        self._service = service
        self._clock = clock
        self._cancellation = cancellation

    def answers(self, wanted: Tcp | Http | Exec) -> Iterator[ProbeAnswer]:
        """What comes of asking, until it is as it should be.

        Raises:
            AccessDenied: we may not run commands in the pod.
            CdkitError: the reason of the cancellation.
        """
        seconds = FIRST_PAUSE
        while True:
            try:
                for answer in self._ask(wanted):
                    yield answer
                    if answer.has_come:
                        return
            except AccessDenied:
                raise
            except CdkitError as error:
                self._cancellation.raise_if_cancelled()
                yield ProbeAnswer(f"could not be asked: {str(error).rstrip('.')}")
            pause(self._clock, seconds, self._cancellation)
            seconds = min(2 * seconds, LONGEST_PAUSE)

    def _ask(self, wanted: Tcp | Http | Exec) -> Iterator[ProbeAnswer]:
        """What comes of one execution, which asks many times."""
        if isinstance(wanted, Exec):
            return self._execute(wanted)
        return self._connect(wanted) if isinstance(wanted, Tcp) else self._request(wanted)

    def _execute(self, wanted: Exec) -> Iterator[ProbeAnswer]:
        with self._running.execute(self._service, wanted.command, cancellation=self._cancellation) as execution:
            ended = execution.ended()
        yield ProbeAnswer(f"ended with exit code {ended.exit_code}{_said(ended)}" if ended.exit_code else "")

    def _connect(self, wanted: Tcp) -> Iterator[ProbeAnswer]:
        arguments = [str(wanted.port), str(CONNECT_SECONDS), str(ROUNDS), PAUSE_SECONDS]
        for line in self._lines(TCP_SCRIPT, arguments):
            yield ProbeAnswer("" if line == b"open" else "took no connection")

    def _request(self, wanted: Http) -> Iterator[ProbeAnswer]:
        body = Pattern(wanted.body) if wanted.body else None
        limits = [str(CONNECT_SECONDS), str(ROUNDS), PAUSE_SECONDS, str(ANSWER_SECONDS), str(LARGEST_ANSWER)]
        for line in self._lines(HTTP_SCRIPT, [str(wanted.port), *limits, request_of(wanted), TALK_SCRIPT]):
            yield _http_answer(wanted, line, body)

    def _lines(self, script: str, arguments: Sequence[str]) -> Iterator[bytes]:
        command = [BUSYBOX, "sh", "-c", script, BUSYBOX, *arguments]
        held = b""
        with self._running.execute(KEEPER, command, cancellation=self._cancellation) as execution:
            for piece in execution.output():
                *lines, held = (held + piece).split(b"\n")
                yield from lines
            ended = execution.ended()
        if ended.exit_code:
            raise WorldFailed(f"{BUSYBOX} of the helper image ended with exit code {ended.exit_code}{_said(ended)}.")


def _said(ended: Executed) -> str:
    """The last line of a command's errors, behind a colon."""
    last = ended.errors.strip().rpartition("\n")[2]
    return f": {last}" if last else ""


def _http_answer(wanted: Http, line: bytes, body: Pattern | None) -> ProbeAnswer:
    """Reads a line of the script: empty when nobody took the connection, else a `+` and what came, in base64."""
    if not line:
        return ProbeAnswer("took no connection")
    try:
        raw = binascii.a2b_base64(line).removeprefix(b"+")
    except binascii.Error:
        return ProbeAnswer("could not be asked: the busybox of the helper image does not know how")
    return ProbeAnswer(shortcoming(wanted, raw, body) if raw else f"sent no answer within {ANSWER_SECONDS} s")
