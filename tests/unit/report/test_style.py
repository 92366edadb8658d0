"""Nothing that somebody else printed talks to the reader's terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.report.style import Style

PLAIN, COLOURED = Style(), Style(colour=True)
DANGEROUS = {*map(chr, range(9)), *map(chr, range(10, 32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, é, 日本, 👍\ttab", "plain text, é, 日本, 👍\ttab"),
        ("\x1b]0;a new title\x07after", "after"),
        ("\x1b]0;a new title\x1b\\after", "after"),
        ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;Y2xpcGJvYXJk\x07x", "x"),
        ("\x1b]0;never ends", ""),
        ("\x1bPdevice\x1b\\x\x1b_app\x1b\\y\x1b^pm\x1b\\z", "xyz"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x1b[5A\x1b[Kup", "up"),
        ("\x1b[?25l\x1b[?1049hx", "x"),
        ("\x1bc reset \x1b7\x1b8 \x1b(B \x1b=", " reset   "),
        ("10%\r20%\r100%\r\n", "10% 20% 100%"),
        ("one\ntwo\r\n\nthree", "one two three"),
        ("bell\x07 back\x08\x08 delete\x7f nul\x00", "bell back delete nul"),
        ("c1 \x9b31m \x9d0;t\x9c \x85", "c1 31m 0;t "),
        ("left\u202eright \u2066x\u2069", "leftright x"),
        ("ends with \x1b", "ends with "),
    ],
)
def test_what_talks_to_the_terminal_is_taken_out(text: str, shown: str) -> None:
    assert PLAIN.harmless(text) == shown


def test_colours_stay_where_colours_are_written_and_end_with_the_line() -> None:
    text = "\x1b[1;31mred\x1b[2J\x1b[0m \x1b]0;t\x07plain"
    assert COLOURED.harmless(text) == "\x1b[1;31mred\x1b[0m plain\x1b[0m"
    assert PLAIN.harmless(text) == "red plain"


def test_a_colour_inside_of_a_title_does_not_open_it_again() -> None:
    assert COLOURED.harmless("\x1b]0;ti\x1b[31mtle\x07x") == "\x1b[31mtlex\x1b[0m"


@given(st.text(alphabet=st.sampled_from([*"\x1b\x1b\x1b[]0;m31ABP\\\x07\r\n\x9b\u202eaz é?"]), max_size=30))
def test_no_text_has_anything_dangerous_left(text: str) -> None:
    assert not DANGEROUS & set(PLAIN.harmless(text))
    coloured = COLOURED.harmless(text)
    import re

    assert not DANGEROUS & set(re.sub(r"\x1b\[[0-9;]*m", "", coloured))
