"""What the console prints is a contract."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from cdkit.models.event import (
    Event,
)
from cdkit.report.console import Console
from cdkit.report.style import Style
from cdkit.report.wording import Wording
from cdkit.testing.pytest_plugin import Golden
from tests.golden.stories import FAILURE, JOURNAL, RETRY, STORIES, SUCCESS

HERE = Path(__file__).parent


def printed(events: Iterable[Event], style: Style) -> str:
    out = io.StringIO()
    console = Console(out, Wording(style, JOURNAL))
    for event in events:
        console.report(event)
    return out.getvalue()


@pytest.mark.parametrize("story", STORIES)
def test_the_console_of_a_log_file(story: str, golden: Golden) -> None:
    golden(str(HERE / f"console-{story}.txt"), printed(STORIES[story], Style()))


def test_the_console_of_a_terminal_with_colours(golden: Golden) -> None:
    text = printed([*SUCCESS[:-1], *FAILURE[1:]], Style(colour=True))
    golden(str(HERE / "console-colours.txt"), text.replace("\x1b", "<ESC>"))


def test_the_console_without_unicode(golden: Golden) -> None:
    text = printed([*SUCCESS[:-1], *RETRY[1:3], *FAILURE[1:]], Style(unicode=False))
    assert text.isascii()
    golden(str(HERE / "console-ascii.txt"), text)


def test_a_console_that_fails_names_the_record_and_one_that_succeeds_does_not() -> None:
    assert f"The whole record: {JOURNAL}" in printed(FAILURE, Style())
    assert JOURNAL not in printed(SUCCESS, Style())
