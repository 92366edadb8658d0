from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdkit.clients.lines import LineSplitter, text_of


def lines_of(*pieces: bytes, limit: int = 1000) -> list[bytes]:
    splitter = LineSplitter(limit)
    lines = [line for piece in pieces for line in splitter.feed(piece)]
    rest = splitter.rest()
    return lines if rest is None else [*lines, rest]


@given(st.lists(st.binary(max_size=20).map(lambda raw: raw.replace(b"\r", b""))))
def test_lines_do_not_depend_on_how_the_bytes_arrive(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    wanted = whole.split(b"\n")
    assert lines_of(*pieces) == (wanted if wanted[-1] else wanted[:-1])


def test_an_empty_line_is_a_line() -> None:
    assert lines_of(b"\n\nx\n") == [b"", b"", b"x"]


def test_of_a_long_line_the_beginning_is_kept() -> None:
    assert lines_of(b"abc", b"def", b"g\nnext\n", limit=5) == [b"abcde [cut: 2 more bytes]", b"next"]
    assert lines_of(b"abcdefg\nnext\n", limit=5) == [b"abcde [cut: 2 more bytes]", b"next"]


def test_a_progress_bar_without_an_end_does_not_fill_the_memory() -> None:
    splitter = LineSplitter(limit=10)
    for percent in range(1000):
        assert splitter.feed(b"\r%03d%%" % (percent % 100)) == []
    assert splitter.feed(b"\n")[0].endswith(b"\r099%")


def test_text_is_what_a_terminal_shows_last() -> None:
    assert text_of(b"10%\r50%\r100%") == "100%"
    assert text_of(b"windows\r") == "windows"
    assert text_of(b"\xff caf\xc3\xa9") == "\N{REPLACEMENT CHARACTER} café"
