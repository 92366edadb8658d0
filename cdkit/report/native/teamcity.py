"""TeamCity.

https://www.jetbrains.com/help/teamcity/service-messages.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdkit.report.native.dialect import Dialect, Group, Note, one_line, without_commands

_ESCAPES = {"|": "||", "'": "|'", "\n": "|n", "\r": "|r", "[": "|[", "]": "|]"}


class TeamCity(Dialect):
    """Service messages."""

    def open(self, group: Group) -> Sequence[str]:
        """A block."""
        return [f"##teamcity[blockOpened name='{_escaped(group.title)}']"]

    def close(self, group: Group) -> Sequence[str]:
        """The end of the block."""
        return [f"##teamcity[blockClosed name='{_escaped(group.title)}']"]

    def note(self, note: Note) -> Sequence[str]:
        """A line that the log marks; the failure of the build itself comes from our exit code."""
        status = "ERROR" if note.level == "error" else "WARNING"
        text = _escaped(one_line(f"{note.title}: {note.message}"))
        return [f"##teamcity[message text='{text}' status='{status}']"]

    def shielded(self, line: str) -> str:
        """The line with a space in whatever would begin a service message."""
        return without_commands(line)

    def hide(self, secret: str) -> Sequence[str]:
        """Nothing: TeamCity masks the values of its own password parameters only."""
        return ()

    def hand_on(self, name: str, value: str) -> Sequence[str]:
        """A parameter for later steps of the build, `%cdkit.NAME%`; none that becomes an environment variable."""
        return [f"##teamcity[setParameter name='cdkit.{_escaped(name)}' value='{_escaped(value)}']"]

    def attach(self, report: Path) -> Sequence[str]:
        """A JUnit file, as tests of the build."""
        path = _escaped(str(report.absolute()))
        return [f"##teamcity[importData type='junit' path='{path}']"] if report.suffix == ".xml" else ()


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter) or (letter if letter.isascii() else _unicode(letter)) for letter in text)


def _unicode(letter: str) -> str:
    """A letter as its UTF-16 units, as the server wants all that is not ASCII."""
    units = letter.encode("utf-16-be").hex()
    return "".join(f"|0x{units[start : start + 4]}" for start in range(0, len(units), 4))
