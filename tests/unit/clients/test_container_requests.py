"""What the engine is asked, and how its answers are read: all that needs no engine."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from cdkit.clients.engine.containers import state
from cdkit.clients.engine.containers.address import EngineAddress
from cdkit.clients.engine.containers.body import container_body, volume_body
from cdkit.clients.engine.containers.frames import frames
from cdkit.clients.engine.containers.log_lines import log_lines
from cdkit.clients.engine.containers.pull import pull_request, read_pull
from cdkit.clients.engine.containers.request import Request, filters, labels_filter, part, reference_part
from cdkit.clients.engine.containers.times import seconds_of_date, timestamp
from cdkit.clients.lines import LONGEST_LINE
from cdkit.clients.registry.logins import Login
from cdkit.errors import (
    CdkitError,
    EngineUnreachable,
    ObjectConflict,
    ObjectNotFound,
    RegistryUnreachable,
    RequestRejected,
)
from cdkit.models.container import ContainerRequest, HealthCheck, LogLine, VolumeMount

TIME = "2026-01-31T12:00:00.000000042Z"


def frame(stream: int, content: bytes) -> bytes:
    return bytes((stream, 0, 0, 0)) + len(content).to_bytes(4) + content


def said(text: bytes, *, time: str = TIME, stream: int = 1) -> tuple[int, bytes]:
    return stream, time.encode() + b" " + text


def lines_of(*messages: tuple[int, bytes]) -> list[LogLine]:
    """The lines in messages that come one by one, which have to be the same when all come at once."""
    (one_by_one, at_once) = (
        list(chain.from_iterable(log_lines(batches))) for batches in (([m] for m in messages), [messages])
    )
    assert one_by_one == at_once
    return at_once


# Frames and lines


@pytest.mark.parametrize("size", [1, 3, 8, 9, 1000])
def test_frames_are_found_in_pieces_of_any_size(size: int) -> None:
    stream = frame(1, b"one") + frame(2, b"") + frame(2, b"x" * 300) + frame(1, b"two")
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert [frame for found in frames(pieces) for frame in found] == [
        (1, b"one"),
        (2, b""),
        (2, b"x" * 300),
        (1, b"two"),
    ]


def test_a_line_has_its_time_to_the_nanosecond_and_its_stream() -> None:
    (line,) = lines_of(said(b"hello\n", stream=2))
    assert (line.time, line.text, line.stream) == (TIME, "hello", "stderr")


def test_a_long_line_comes_whole_with_its_first_time_though_another_stream_speaks_in_between() -> None:
    later = TIME.replace("42Z", "99Z")
    lines = lines_of(said(b"a" * 16384), said(b"err\n", stream=2), said(b"b\n", time=later))
    assert [(line.time, len(line.text), line.stream) for line in lines] == [
        (TIME, 3, "stderr"),
        (TIME, 16385, "stdout"),
    ]


def test_a_line_of_more_than_a_mebibyte_is_cut() -> None:
    messages = [said(b"x" * 16384) for _ in range(65)]
    (line,) = lines_of(*messages, said(b"\n"))
    assert line.text.endswith("[cut: 16384 more bytes]")
    assert len(line.text) < LONGEST_LINE + 100


def test_the_last_line_needs_no_break() -> None:
    assert [line.text for line in lines_of(said(b"one\n"), said(b"two"))] == ["one", "two"]


def test_spaces_and_empty_lines_are_kept() -> None:
    assert [line.text for line in lines_of(said(b"  a  \n"), said(b"\n"))] == ["  a  ", ""]


def test_a_log_that_the_engine_cannot_read_further_has_broken_off() -> None:
    error = b"error from daemon in stream: Error grabbing logs: unexpected EOF\n"
    lines = log_lines([[said(b"one\n"), (2, error)]])
    assert [line.text for line in next(lines)] == ["one"]
    with pytest.raises(EngineUnreachable, match="unexpected EOF"):
        next(lines)


# Times


def test_a_time_is_handed_on_with_all_its_nanoseconds() -> None:
    assert timestamp(TIME) == "1769860800.000000042"
    assert timestamp("2026-01-31T12:00:00.5Z") == "1769860800.500000000"
    assert timestamp("2026-01-31T12:00:00Z") == "1769860800.000000000"


def test_the_engines_clock_is_read_from_its_greeting() -> None:
    assert seconds_of_date("Sat, 31 Jan 2026 12:00:00 GMT") == 1769860800


# Bodies


def test_what_is_not_asked_for_is_left_to_the_image() -> None:
    body = container_body(ContainerRequest(name="x", image="i"))
    assert body.keys() == {"Image", "Env", "Labels", "WorkingDir", "User", "HostConfig"}
    assert body["HostConfig"] == {"SecurityOpt": ["no-new-privileges"]}


def test_limits_are_told_in_the_units_of_the_engine() -> None:
    request = ContainerRequest(name="x", image="i", cpus=0.5, memory=1 << 20, shared_memory=2, new_privileges=True)
    assert container_body(request)["HostConfig"] == {
        "NanoCpus": 500_000_000,
        "Memory": 1 << 20,
        "MemorySwap": 1 << 20,
        "ShmSize": 2,
    }


def test_a_volume_is_empty_at_first_whatever_the_image_has_at_its_path() -> None:
    request = ContainerRequest(name="x", image="i", mounts=(VolumeMount(volume="v", path="/data", read_only=True),))
    (mount,) = container_body(request)["HostConfig"]["Mounts"]
    assert mount["VolumeOptions"] == {"NoCopy": True}
    assert mount["ReadOnly"]


def test_a_health_check_is_told_in_nanoseconds() -> None:
    health = HealthCheck(command=("ping",), interval=0.25, timeout=2, retries=4, start_period=1)
    assert container_body(ContainerRequest(name="x", image="i", health=health))["Healthcheck"] == {
        "Test": ["CMD", "ping"],
        "Interval": 250_000_000,
        "Timeout": 2_000_000_000,
        "Retries": 4,
        "StartPeriod": 1_000_000_000,
    }


def test_a_volume_in_memory_has_a_size_and_is_open_to_all() -> None:
    assert "DriverOpts" not in volume_body("v", {}, in_memory=False, size=10)
    assert volume_body("v", {}, in_memory=True, size=10)["DriverOpts"]["o"] == "mode=0777,size=10"


# Requests and refusals


@pytest.mark.parametrize(("status", "error"), [(404, ObjectNotFound), (409, ObjectConflict), (500, RequestRejected)])
def test_a_refusal_is_told_in_the_engines_words(status: int, error: type[CdkitError]) -> None:
    refusal = Request(what="Cannot start x", method="POST", path="/").refusal(status, b'{"message":"no\\n such"}')
    assert type(refusal) is error
    assert refusal.message == "Cannot start x: no such"


def test_a_refusal_without_words_says_its_status() -> None:
    assert Request(what="Cannot", method="GET", path="/").refusal(502, b"").message == "Cannot: HTTP status 502"


def test_a_refused_pull_is_the_registrys_word() -> None:
    refusal = pull_request("r.test/x:1", None).refusal(500, b'{"message":"dial tcp: connection refused"}')
    assert isinstance(refusal, RegistryUnreachable)


def test_names_cannot_leave_their_place_in_a_path() -> None:
    assert part("../x?y") == "..%2Fx%3Fy"
    assert reference_part("host:5000/a/b:1@sha256:0?x#") == "host:5000/a/b:1@sha256:0%3Fx%23"


def test_filters_ask_for_all_labels_and_an_empty_value_for_any() -> None:
    assert filters(label=labels_filter({"a": "1", "b": ""})) == '{"label":["a=1","b"]}'


# Pulls


def test_a_pull_names_the_tag_and_hides_the_login() -> None:
    request = pull_request("host:5000/x", Login("me", "s3cr3t"))
    assert request.query == {"fromImage": "host:5000/x", "tag": "latest"}
    assert "s3cr3t" not in str(request.headers)
    assert pull_request("x@sha256:0", None).query["tag"] == "sha256:0"
    assert "X-Registry-Auth" not in pull_request("x", None).headers


def test_a_pull_tells_its_progress_and_its_failure() -> None:
    seen: list[tuple[str, int, int]] = []
    lines = [
        b'{"status":"Pulling from x","id":"1"}',
        b'{"status":"Downloading","progressDetail":{"current":5,"total":9},"id":"a"}',
        b'{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}',
    ]
    with pytest.raises(ObjectNotFound, match="Cannot pull x: manifest unknown"):
        read_pull(lines, "x", lambda *progress: seen.append(progress))
    assert seen == [("a", 5, 9)]


# Answers


def test_what_never_happened_has_no_time() -> None:
    never = "0001-01-01T00:00:00Z"
    inspected = state.inspected(
        f"""{{"Id": "1", "Name": "/x", "Created": "{TIME}", "Config": {{"Image": "i", "Labels": null}}, "State":
        {{"Status": "created", "StartedAt": "{never}", "FinishedAt": "{never}", "ExitCode": 0}}}}""".encode()
    )
    assert (inspected.name, inspected.phase, inspected.started, inspected.ended) == ("x", "created", "", "")


@pytest.mark.parametrize(("status", "is_going"), [("exited", False), ("removing", True), ("dead", True)])
def test_a_container_that_is_being_removed_is_told_from_one_that_has_ended(status: str, is_going: bool) -> None:
    times = '"StartedAt": "2026-01-31T12:00:00Z", "FinishedAt": "2026-01-31T12:00:01Z"'
    told = f'{{"Status": "{status}", "ExitCode": 137, {times}}}'
    answer = f'{{"Id": "1", "Name": "/x", "Created": "", "State": {told}, "Config": {{"Image": "i"}}}}'
    found = state.inspected(answer.encode())
    assert (found.phase, found.exit_code, found.is_going) == ("ended", 137, is_going)


@pytest.mark.parametrize(("status", "phase"), [("paused", "running"), ("dead", "ended"), ("newer-word", "running")])
def test_every_status_of_the_engine_is_a_phase(status: str, phase: str) -> None:
    answer = f'[{{"Id": "1", "Names": ["/x"], "Image": "i", "State": "{status}", "Created": 0, "Labels": {{}}}}]'
    assert state.listed(answer.encode())[0].phase == phase


# Where the engine is


def test_the_engine_is_where_dockers_own_variables_say() -> None:
    assert EngineAddress.of({}).socket == "/var/run/docker.sock"
    assert EngineAddress.of({"DOCKER_HOST": "unix:///run/user/1/docker.sock"}).socket == "/run/user/1/docker.sock"
    plain = EngineAddress.of({"DOCKER_HOST": "tcp://engine"})
    assert (plain.host, plain.port, plain.certificates) == ("engine", 2375, None)
    safe = EngineAddress.of({"DOCKER_HOST": "tcp://engine:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"})
    assert (safe.port, safe.certificates, safe.checks_host) == (1, Path("/certs"), True)
    assert EngineAddress.of({"DOCKER_HOST": "tcp://[::1]", "DOCKER_TLS_VERIFY": "1", "HOME": "/h"}) == EngineAddress(
        text="tcp://[::1]", host="::1", port=2376, certificates=Path("/h/.docker"), checks_host=True
    )


@pytest.mark.parametrize("host", ["ssh://me@engine", "engine", "tcp://", "tcp://engine:99999"])
def test_an_address_that_is_not_understood_says_what_is(host: str) -> None:
    with pytest.raises(EngineUnreachable, match=r"cannot be reached"):
        EngineAddress.of({"DOCKER_HOST": host})
