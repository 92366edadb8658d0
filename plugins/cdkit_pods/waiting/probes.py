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

# Values only ever come in as arguments. `-e` is known to both variants of busybox's nc, and leaves the connection open
# for the answer, which `-z` and a request by standard input do not. The applet `timeout` would hold the pipe for a
# second after the answer has come, so a shell looks at the time.
_TCP = """
busybox=$0 port=$1 connect=$2 rounds=$3 pause=$4
while [ "$rounds" -gt 0 ]; do
  for address in 127.0.0.1 ::1; do
    if "$busybox" nc -w "$connect" "$address" "$port" -e "$busybox" true 2>/dev/null; then
      echo open
      exit 0
    fi
  done
  echo closed
  rounds=$((rounds - 1))
  "$busybox" sleep "$pause" 2>/dev/null || "$busybox" sleep 1
done
"""

# Some servers say that they will hang up, and do so seconds later, as ChromeDriver does: where an answer tells how long
# it is, nothing beyond that is waited for. Whoever ends the client ends this shell only, so that it waits for nobody:
# `read` is a part of it, and what else reads takes its place.
_TALK = """
printf + >&3
printf %s "$1"
IFS= read -r -n 5 begin
printf %s "$begin" >&3
[ "$begin" = HTTP/ ] || exec "$0" cat >&3
end=$(printf '\\r') length=
while IFS= read -r line || { printf %s "$line" >&3; false; }; do
  printf '%s\\n' "$line" >&3
  case $line in
    [Cc]ontent-[Ll]ength:*) length=$(printf %s "$line" | "$0" tr -dc 0-9) ;;
    "$end" | "") break ;;
  esac
done
case $1 in HEAD*) exit ;; esac
[ -z "$length" ] || exec "$0" head -c "$length" >&3
exec "$0" cat >&3
"""

_HTTP = """
busybox=$0 port=$1 connect=$2 rounds=$3 pause=$4 seconds=$5 most=$6 request=$7 talk=$8
ask() {
  "$busybox" nc -w "$connect" "$1" "$port" -e "$busybox" sh -c "$talk" "$busybox" "$request" 3>&1 >/dev/null &
  client=$!
  (
    "$busybox" sleep "$seconds" &
    trap "kill $!; exit" TERM
    wait $!
    kill "$client"
  ) >/dev/null 3>&- &
  limit=$!
  wait "$client"
  kill "$limit"
}
while [ "$rounds" -gt 0 ]; do
  for address in 127.0.0.1 ::1; do
    answer=$(ask "$address" 2>/dev/null | "$busybox" head -c "$most" | "$busybox" base64 | "$busybox" tr -d '\\n')
    if [ -n "$answer" ]; then break; fi
  done
  echo "$answer"
  rounds=$((rounds - 1))
  "$busybox" sleep "$pause" 2>/dev/null || "$busybox" sleep 1
done
"""


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
        for line in self._lines(_TCP, arguments):
            yield ProbeAnswer("" if line == b"open" else "took no connection")

    def _request(self, wanted: Http) -> Iterator[ProbeAnswer]:
        body = Pattern(wanted.body) if wanted.body else None
        limits = [str(CONNECT_SECONDS), str(ROUNDS), PAUSE_SECONDS, str(ANSWER_SECONDS), str(LARGEST_ANSWER)]
        for line in self._lines(_HTTP, [str(wanted.port), *limits, request_of(wanted), _TALK]):
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
