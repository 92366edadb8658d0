"""Azure Pipelines.

https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdkit.report.native.dialect import Dialect, Group, Note, one_line, without_commands


class Azure(Dialect):
    """Logging commands; they are read wherever they stand in a line."""

    most_test_notes = 50

    def open(self, group: Group) -> Sequence[str]:
        """A group."""
        return [f"##[group]{self.shielded(group.title)}"]

    def close(self, group: Group) -> Sequence[str]:
        """The end of the group."""
        return ["##[endgroup]"]

    def note(self, note: Note) -> Sequence[str]:
        """An issue of the build, at its line where one is known."""
        message = _data(one_line(f"{note.title}: {note.message}"))
        return [f"##vso[task.logissue type={note.level};{self.shielded(_place(note))}]{self.shielded(message)}"]

    def shielded(self, line: str) -> str:
        """The line with a space in whatever would begin a command."""
        return without_commands(line)

    def hide(self, secret: str) -> Sequence[str]:
        """Mask the value; one of several lines line by line, for a command is one line."""
        return [f"##vso[task.setsecret]{_data(part)}" for part in secret.splitlines() if part.strip()]

    def hand_on(self, name: str, value: str) -> Sequence[str]:
        """A variable of the step that runs us, which others name as `$(STEP.NAME)`; none of the agent's environment."""
        return [f"##vso[task.setvariable variable={_property(name)};isOutput=true]{self.shielded(_data(value))}"]

    def attach(self, report: Path) -> Sequence[str]:
        """The summary, as a section of the page; JUnit files are for the task PublishTestResults."""
        return [f"##vso[task.uploadsummary]{_data(str(report.absolute()))}"] if report.suffix == ".md" else ()


def _place(note: Note) -> str:
    place = note.position
    if place is None:
        return ""
    return f"sourcepath={_property(place.file)};linenumber={place.line};columnnumber={place.column};"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
