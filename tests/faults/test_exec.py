"""Commands in containers, by API servers of all ages and by what stands before them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import AccessDenied, Cancelled, CdkitError, ClusterUnreachable, ObjectNotFound, RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import Executed
from cdkit.models.kube import ObjectRef
from tests.contract.conftest import write_kubeconfig
from tests.faults.played_channels import (
    BINARY,
    CLOSE,
    CONTINUED,
    PING,
    PONG,
    PlayedChannels,
    Talk,
    frame,
    message,
    played_channels,
    status,
)

POD = ObjectRef("v1", "Pod", "web", "staging")
DONE = status(status="Success")


class Place:
    """An API server that a test plays, and a client of it."""

    def __init__(self, server: PlayedChannels, folder: Path) -> None:
        self.server = server
        self.cluster = KubernetesCluster.connect("", kubeconfig=write_kubeconfig(folder, server.url))

    def execute(self, command: Sequence[str] = ("run",), stdin: Iterable[bytes] = ()) -> tuple[bytes, Executed]:
        with self.cluster.execute(POD, "main", command, stdin=stdin, cancellation=Cancellation()) as execution:
            return b"".join(execution.output()), execution.ended()

    def sends(self, *frames: bytes) -> None:
        self.server.play = lambda talk: talk.send(b"".join(frames))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with played_channels() as server:
        yield Place(server, tmp_path)


def test_a_command_is_asked_for_word_by_word(place: Place) -> None:
    place.sends(DONE)
    place.execute(["/bin/sh", "-c", "", "a b&c=d\n"])
    (asked,) = place.server.asked
    assert urlsplit(asked).path == "/api/v1/namespaces/staging/pods/web/exec"
    query = parse_qsl(urlsplit(asked).query, keep_blank_values=True)
    assert [value for name, value in query if name == "command"] == ["/bin/sh", "-c", "", "a b&c=d\n"]
    assert dict(query) | {"command": ""} == {
        "container": "main",
        "command": "",
        "stdin": "false",
        "stdout": "true",
        "stderr": "true",
    }


def test_the_server_is_told_who_asks(place: Place, tmp_path: Path) -> None:
    place.sends(DONE)
    path = tmp_path / "with-token"
    anonymous = Path(write_kubeconfig(tmp_path, place.server.url)).read_text()
    path.write_text(
        f"{anonymous.replace('{cluster: test}', '{cluster: test, user: test}')}\n"
        '        users: [{name: test, user: {token: "t0ken"}}]'
    )
    place.cluster = KubernetesCluster.connect("", kubeconfig=str(path))
    place.execute()
    assert place.server.headers["authorization"] == "Bearer t0ken"
    assert place.server.headers["user-agent"].startswith("cdkit/")


def cat(talk: Talk) -> None:
    """A program that ends when its input does."""
    for kind, content in talk.received():
        if kind == BINARY and content == b"\xff\x00":
            talk.send(DONE)
            return
        talk.send(message(1, content[1:]))


def test_a_newer_server_tells_a_program_that_its_input_has_ended(place: Place) -> None:
    place.server.play = cat
    content = bytes(range(256)) * 700
    assert place.execute(stdin=[content, b"", b"!"]) == (content + b"!", Executed(0))


def test_an_older_server_is_not_told_what_it_does_not_understand(place: Place) -> None:
    place.server.protocols = ["v4.channel.k8s.io"]
    came: list[bytes] = []

    def head(talk: Talk) -> None:
        for _, content in talk.received():
            came.append(content)
            if len(came) == 1:
                talk.send(message(1, content[1:]) + DONE)

    place.server.play = head
    assert place.execute(stdin=[b"12345"]) == (b"12345", Executed(0))
    assert came == [b"\x0012345"]


def test_what_comes_together_with_the_answer_is_not_lost(place: Place) -> None:
    place.server.early = message(1, b"early") + DONE
    assert place.execute() == (b"early", Executed(0))


def test_a_message_may_come_in_parts(place: Place) -> None:
    place.sends(frame(BINARY, b"\x01one ", 0), frame(CONTINUED, b"two ", 0), frame(CONTINUED, b"three"), DONE)
    assert place.execute() == (b"one two three", Executed(0))


def test_a_ping_is_answered(place: Place) -> None:
    def ping(talk: Talk) -> None:
        talk.send(frame(PING, b"there?"))
        assert next(talk.received()) == (PONG, b"there?")
        talk.send(DONE)

    place.server.play = ping
    assert place.execute() == (b"", Executed(0))


def test_pings_are_no_reason_to_wait_for_each_other(place: Place) -> None:
    """The program takes no more input before its output is taken, and between its output there are pings."""
    content = b"x" * 60_000

    def stubborn(talk: Talk) -> None:
        for _ in range(400):
            talk.send(frame(PING, b"") + message(1, content))
        read = 0
        for kind, piece in talk.received():
            read += len(piece) - 1 if kind == BINARY and piece[0] == 0 else 0
            if read == 400 * len(content):
                talk.send(DONE)
                return

    place.server.play = stubborn
    output, ended = place.execute(stdin=[content] * 400)
    assert len(output) == 400 * len(content)
    assert ended.exit_code == 0


def test_of_what_a_command_complains_the_last_is_kept(place: Place) -> None:
    failed = status(
        status="Failure", reason="NonZeroExitCode", details={"causes": [{"reason": "ExitCode", "message": "7"}]}
    )
    place.sends(*[message(2, b"x" * 4096)] * 9, message(2, b"the end\n"), failed)
    _, ended = place.execute()
    assert ended.exit_code == 7
    assert ended.errors.endswith("xthe end\n")
    assert len(ended.errors) == 4096


@pytest.mark.parametrize(
    "frames", [[], [message(1, b"half")], [message(1, b"half"), frame(CLOSE, b"\x03\xe8")], [message(1, b"half")[:-1]]]
)
def test_a_connection_that_ends_before_the_command_is_an_outage(place: Place, frames: list[bytes]) -> None:
    place.sends(*frames)
    with pytest.raises(ClusterUnreachable, match=r"broke before the command in Pod web .* ended"):
        place.execute()


@pytest.mark.parametrize("said", [b"no JSON", b"[]", b'{"status": 5}'])
def test_an_end_that_is_not_understood_is_no_success(place: Place, said: bytes) -> None:
    place.sends(message(3, said))
    with pytest.raises(ClusterUnreachable, match="did not tell how"):
        place.execute()


def test_a_program_that_cannot_be_started_is_refused(place: Place) -> None:
    said = 'failed to exec in container: exec: "/nothing": stat /nothing: no such file or directory: unknown'
    place.sends(status(status="Failure", reason="InternalError", message=said, code=500))
    with pytest.raises(RequestRejected, match="/nothing"):
        place.execute()


FORBIDDEN = b'{"status":"Failure","reason":"Forbidden","message":"pods web is forbidden: User x cannot get"}'
MISSING = b'{"status":"Failure","reason":"NotFound","message":"pods \\"web\\" not found","details":{"name":"web"}}'


@pytest.mark.parametrize(
    ("code", "body", "error", "said"),
    [
        (403, FORBIDDEN, AccessDenied, "cannot get"),
        (404, MISSING, ObjectNotFound, "it does not exist"),
        (400, b'{"message":"container main is not valid for pod web"}', ObjectNotFound, "it has no container main"),
        (500, b'container not found ("main")', RequestRejected, "its container main does not run"),
        (404, b"pod does not exist", RequestRejected, "its container main does not run"),
        (503, b"no backend", ClusterUnreachable, "no backend"),
        (200, b"<html>", ClusterUnreachable, "answers 200 instead of opening a WebSocket"),
        (302, b"", ClusterUnreachable, "answers 302 instead of opening a WebSocket"),
    ],
)
def test_a_server_that_opens_no_channels_says_why(
    place: Place, code: int, body: bytes, error: type[CdkitError], said: str
) -> None:
    place.server.refusal = (code, body)
    with pytest.raises(error, match=said):
        place.execute()
    assert len(place.server.asked) == 1, "credentials follow no redirect"


def test_what_only_looks_like_a_websocket_is_none(place: Place) -> None:
    place.server.understands = False
    with pytest.raises(ClusterUnreachable, match="instead of opening a WebSocket"):
        place.execute()


def test_what_nobody_reads_stays_with_the_server(place: Place) -> None:
    sent: list[int] = []

    def flood(talk: Talk) -> None:
        for _ in range(4096):
            talk.send(message(1, b"x" * 60_000))
            sent.append(60_000)

    place.server.play = flood
    with place.cluster.execute(POD, "main", ["yes"], cancellation=Cancellation()) as execution:
        assert next(execution.output())
    assert sum(sent) < 40_000_000, "of 240 MB"


def test_a_cancel_is_heard_while_the_server_thinks(place: Place) -> None:
    answer, cancellation = threading.Event(), Cancellation()
    place.server.play = lambda _: None
    place.server.finish_request = lambda *_: answer.wait(10)  # type: ignore[method-assign] # it never answers
    timer = threading.Timer(0.2, cancellation.cancel, [Cancelled()])
    begun = time.monotonic()
    timer.start()
    with pytest.raises(Cancelled):
        place.cluster.execute(POD, "main", ["run"], cancellation=cancellation)
    answer.set()
    assert time.monotonic() - begun < 5
