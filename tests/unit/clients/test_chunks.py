"""Answers in chunks come out whole, in whatever pieces they come in."""

from __future__ import annotations

from http.client import HTTPException

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.clients.chunks import Chunks

CONTENTS = st.lists(st.binary(min_size=1, max_size=200), max_size=20)


def in_chunks(contents: list[bytes]) -> bytes:
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(content), content) for content in contents) + b"0\r\n\r\n"


@given(contents=CONTENTS, size=st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_the_content_is_the_same_whatever_the_pieces_are(contents: list[bytes], size: int) -> None:
    sent, chunks = in_chunks(contents), Chunks()
    received = [chunks.feed(sent[start : start + size]) for start in range(0, len(sent), size)]
    assert b"".join(received) == b"".join(contents)
    assert chunks.is_complete


def test_many_chunks_in_one_piece_come_at_once() -> None:
    assert Chunks().feed(in_chunks([b"one\n", b"two\n"])) == b"one\ntwo\n"


def test_an_answer_is_not_complete_before_its_last_chunk() -> None:
    chunks = Chunks()
    assert chunks.feed(b"3\r\none\r\n2\r\nt") == b"onet"
    assert not chunks.is_complete


@pytest.mark.parametrize("sent", [b"no size\r\n", b"\r\n", b"f" * 17 + b"\r\n", b"1\r\nxy\r\n"])
def test_what_is_no_chunk_is_refused(sent: bytes) -> None:
    with pytest.raises(HTTPException, match="no chunk of an answer"):
        Chunks().feed(sent)
