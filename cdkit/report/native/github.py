"""GitHub Actions, and Gitea's and Forgejo's.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cdkit.report.native.dialect import Group, Level, Note, one_line

MOST_NOTES = 10
"""Of one level in one step of a job; GitHub drops the others without a word."""

MOST_TEST_NOTES = 7
"""So that there is room for the step that they fail, and for what else fails."""


class GitHub:
    """Workflow commands. Whatever is not a command of ours is printed while the runner reads none.

    Args:
        token: ends that state again; nobody else may be able to guess it.
    """

    most_test_notes = MOST_TEST_NOTES

    def __init__(self, token: str) -> None:
        self._stop, self._resume = f"::stop-commands::{token}", f"::{token}::"
        self._notes: Counter[Level] = Counter()

    def begin(self) -> Sequence[str]:
        """The runner reads no commands from here on."""
        return [self._stop]

    def end(self) -> Sequence[str]:
        """The runner reads commands again."""
        return [self._resume]

    def open(self, group: Group) -> Sequence[str]:
        """A group; it folds by itself when it is closed."""
        return self._commands(f"::group::{_data(group.title)}")

    def close(self, group: Group) -> Sequence[str]:
        """The end of the group."""
        return self._commands("::endgroup::")

    def note(self, note: Note) -> Sequence[str]:
        """An annotation; the last one that GitHub would take says that there are more."""
        self._notes[note.level] += 1
        if self._notes[note.level] > MOST_NOTES:
            return []
        if self._notes[note.level] == MOST_NOTES:
            more = "There are more in the log; GitHub shows ten."
            return self._commands(f"::{note.level} title={_property('cdkit')}::{_data(more)}")
        place = _place(note)
        return self._commands(f"::{note.level} {place}title={_property(note.title)}::{_data(one_line(note.message))}")

    def shielded(self, line: str) -> str:
        """The line as it is: the runner does not read it."""
        return line

    def hide(self, secret: str) -> Sequence[str]:
        """Mask the value, and each of its lines: the log is masked line by line."""
        parts = [secret, *secret.splitlines()] if "\n" in secret else [secret]
        return [f"::add-mask::{_data(part)}" for part in dict.fromkeys(parts) if part.strip()]

    def _commands(self, command: str) -> list[str]:
        return [self._resume, command, self._stop]

    def hand_on(self, name: str, value: str) -> Sequence[str]:
        """Nothing: GITHUB_OUTPUT takes it."""
        return ()

    def attach(self, report: Path) -> Sequence[str]:
        """Nothing: GITHUB_STEP_SUMMARY takes it."""
        return ()


def _place(note: Note) -> str:
    if note.position is None:
        return ""
    place = note.position
    return f"file={_property(place.file)},line={place.line},col={place.column},"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
