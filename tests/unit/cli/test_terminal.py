"""Who decides on colours, and where a live view is shown."""

from __future__ import annotations

import io

import pytest

from cdkit.cli.terminal import is_live, style_of


class Stream(io.StringIO):
    """A stream that is a terminal or none."""

    encoding = "utf-8"

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("flag", "environ", "on_terminal", "on_file"),
    [
        (None, {}, True, False),
        (None, {"NO_COLOR": "1"}, False, False),
        (None, {"NO_COLOR": ""}, True, False),
        (None, {"TERM": "dumb"}, False, False),
        (None, {"CLICOLOR": "0"}, False, False),
        (None, {"FORCE_COLOR": "1"}, True, True),
        (None, {"FORCE_COLOR": "0"}, True, False),
        (None, {"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True, True),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        (True, {"NO_COLOR": "1"}, True, True),
        (False, {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colours(flag: bool | None, environ: dict[str, str], on_terminal: bool, on_file: bool) -> None:
    assert style_of(Stream(is_terminal=True), flag, environ).colour is on_terminal
    assert style_of(Stream(is_terminal=False), flag, environ).colour is on_file


@pytest.mark.parametrize(
    ("environ", "live"),
    [({}, True), ({"TERM": "dumb"}, False), ({"CI": "true"}, False), ({"CI": "false"}, True), ({"CI": ""}, True)],
)
def test_a_live_view_is_for_people_at_a_terminal(environ: dict[str, str], live: bool) -> None:
    assert is_live(Stream(is_terminal=True), environ) is live
    assert not is_live(Stream(is_terminal=False), environ)
