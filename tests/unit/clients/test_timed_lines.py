"""Lines of a log with their times, as kubelets of all versions and time zones write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.clients.kube.timed_lines import CHUNK_BYTES, TimedLines, asked_since
from cdkit.clients.lines import LONGEST_LINE
from cdkit.models.container import LogLine

SECOND = "2026-11-21T22:23:34"


def at(nanoseconds: int) -> str:
    return f"{SECOND}.{nanoseconds:09}Z"


def read(*pieces: bytes, since: str = "", to_its_end: bool = True) -> list[LogLine]:
    lines = TimedLines(since)
    found = [line for piece in pieces for line in lines.feed(piece)]
    return [*found, *lines.rest()] if to_its_end else found


def entry(nanoseconds: int, text: str) -> bytes:
    return f"{at(nanoseconds)} {text}\n".encode()


def test_a_line_has_its_time_wherever_the_pieces_are_cut() -> None:
    log = entry(1, "one") + entry(2, "") + entry(3, "drei: ü")
    expected = [LogLine(at(1), "one"), LogLine(at(2), ""), LogLine(at(3), "drei: ü")]
    for place in range(len(log)):
        assert read(log[:place], log[place:]) == expected


def test_half_a_line_is_only_given_at_the_end_of_a_log() -> None:
    log = entry(1, "one") + entry(2, "tw")[:-1]
    assert read(log, to_its_end=False) == [LogLine(at(1), "one")]
    assert read(log) == [LogLine(at(1), "one"), LogLine(at(2), "tw")]


def test_lines_before_the_time_are_left_out_and_those_of_the_time_are_not() -> None:
    log = entry(1, "one") + entry(2, "two") + entry(2, "too") + entry(3, "three")
    assert [line.text for line in read(log, since=at(2))] == ["two", "too", "three"]
    assert read(entry(1, "one")[:-1], since=at(2)) == []


@given(st.lists(st.integers(0, 9), max_size=30))
def test_a_log_that_is_resumed_goes_on_whatever_the_order_of_its_times(times: list[int]) -> None:
    """Two streams of a container may be written in another order than that of their times."""
    log = b"".join(entry(time, str(number)) for number, time in enumerate(times))
    whole = read(log)
    assert [line.text for line in whole] == [str(number) for number in range(len(times))]
    assert [line.time for line in whole] == sorted(line.time for line in whole)
    for line in whole:
        assert read(log, since=line.time) == [other for other in whole if other.time >= line.time]


def test_times_of_any_zone_and_precision_become_those_of_utc() -> None:
    local = b"2026-11-22T00:23:34.5+02:00 one\n2026-11-21T22:23:35Z two\n"
    assert [line.time for line in read(local)] == [at(500_000_000), "2026-11-21T22:23:35.000000000Z"]
    assert len(read(local, since="2026-11-22T00:23:34.6+02:00")) == 1


def test_the_words_of_the_kubelet_have_the_time_of_the_line_above() -> None:
    log = entry(5, "one") + b"unable to retrieve container logs for docker://1\n"
    assert read(log)[-1] == LogLine(at(5), "unable to retrieve container logs for docker://1")
    assert read(b"rpc error\n") == [LogLine("", "rpc error")]


@pytest.mark.parametrize("length", [CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES - 7])
def test_times_of_an_old_kubelet_within_a_long_line_are_taken_out(length: int) -> None:
    text = "x" * length
    chunks = [text[first : first + CHUNK_BYTES] for first in range(0, length, CHUNK_BYTES)]
    log = " ".join(f"{at(number)} {chunk}" for number, chunk in enumerate(chunks)).replace(f" {SECOND}", SECOND)
    assert read(f"{log}\n".encode()) == [LogLine(at(0), text)]


def test_chunks_of_a_long_line_are_counted_in_bytes() -> None:
    text = ("ü" * 12_000).encode()
    stamp = f"{at(1)} ".encode()
    log = entry(0, "one") + stamp + text[:CHUNK_BYTES] + stamp + text[CHUNK_BYTES:] + b"\n"
    assert read(log)[1] == LogLine(at(1), "ü" * 12_000)


def test_a_long_line_of_a_newer_kubelet_is_left_as_it_is() -> None:
    text = "2026 " * CHUNK_BYTES
    assert read(entry(1, text)) == [LogLine(at(1), text)]


def test_a_line_that_never_ends_is_cut() -> None:
    (line,) = read(at(1).encode() + b" ", *[b"y" * 100_000] * 15, b"\n")
    assert line.text.startswith("yyy")
    assert line.text.endswith(" more bytes]")
    assert len(line.text) < LONGEST_LINE + 100


def test_a_progress_bar_shows_its_last_state() -> None:
    assert read(entry(1, "10%\r50%\r100%\r")) == [LogLine(at(1), "100%")]


def test_a_server_is_asked_for_whole_seconds_and_a_little_more() -> None:
    assert asked_since("") is None
    assert asked_since(at(999_999_999)) == "2026-11-21T22:23:33Z"
    assert asked_since("2026-03-01T00:00:00.000000000Z") == "2026-02-28T23:59:59Z"
