"""Answers of HTTP servers, as they come over the wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from cdkit.flow.cancellation import Cancellation
from cdkit.testing import FakeClock
from cdkit_pods.waiting.conditions import Http, Tcp
from cdkit_pods.waiting.http_answer import request_of, shortcoming
from cdkit_pods.waiting.pattern import Pattern
from cdkit_pods.waiting.probes import Probe
from tests.unit.pods.played_pod import PlayedPod

OK = b"HTTP/1.1 200 OK\r\n"


def test_a_request_has_the_headers_that_servers_ask_for() -> None:
    wanted = Http(port=8080, path="/a?b=c", method="POST", headers=(("Host", "shop.local"), ("X-Key", "ü")))
    assert request_of(wanted).split("\r\n") == [
        "POST /a?b=c HTTP/1.1",
        "user-agent: cdkit",
        "accept: */*",
        "Host: shop.local",
        "X-Key: ü",
        "connection: close",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("raw", "lacks"),
    [
        (OK + b"content-length: 5\r\n\r\nhello", ""),
        (OK + b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""),
        (OK + b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", ""),
        (OK + b"content-length: 500\r\n\r\nhello", ""),
        (OK + b"\r\nhello", ""),
        (b"HTTP/1.0 200\r\n\r\nhello", ""),
        (OK + b"\r\nhe\0\xffllo", "answered 200, and 'hello' is not in the body"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\nhello", "answered 503"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\nhello", ""),
        (b"SSH-2.0-OpenSSH_9\r\n", "answered with what is not HTTP"),
        (b"HTTP/1.1 9999 x\r\n\r\n", "answered with what is not HTTP"),
        (b"HTTP/1.1", "answered with what is not HTTP"),
        (OK + b"x" * 100_000, "answered with what is not HTTP"),
        (OK + b"a: b\r\n" * 1000, "answered with what is not HTTP"),
        (OK + b"content-length: -1\r\n\r\nhello", ""),
        (OK + b"transfer-encoding: chunked\r\n\r\nzz\r\nhello", "answered 200, and 'hello' is not in the body"),
    ],
)
def test_what_an_answer_lacks_is_said(raw: bytes, lacks: str) -> None:
    assert shortcoming(Http(port=80, body="hello"), raw, Pattern("hello")) == lacks


@pytest.mark.parametrize(
    ("statuses", "lacks"), [(("2xx",), ""), (("204", "200"), ""), (("3xx", "204"), "answered 200")]
)
def test_a_status_may_be_one_of_several_or_a_class(statuses: tuple[str, ...], lacks: str) -> None:
    assert shortcoming(Http(port=80, statuses=statuses), OK + b"\r\n", None) == lacks


def test_what_the_keeper_writes_is_read() -> None:
    def play(container: str, command: Sequence[str], cancellation: Cancellation) -> Iterator[bytes | int]:
        yield from (b"\nK", b"w==\n", b"****\nK0hUVFAvMS4xIDIwMCBPSw0KDQo=\n", 0)

    probe = Probe(PlayedPod(play), "web", FakeClock(), Cancellation())
    assert [answer.text for answer in islice(probe.answers(Http(port=80)), 4)] == [
        "took no connection",
        "sent no answer within 5 s",
        "sent no answer within 5 s",
        "",
    ]


def test_a_helper_image_without_busybox_is_told() -> None:
    def play(container: str, command: Sequence[str], cancellation: Cancellation) -> Iterator[bytes | int]:
        yield from (127, b"no such file\n")

    probe = Probe(PlayedPod(play), "web", FakeClock(), Cancellation())
    assert next(probe.answers(Tcp(80))).text == (
        "could not be asked: /bin/busybox of the helper image ended with exit code 127: no such file"
    )
