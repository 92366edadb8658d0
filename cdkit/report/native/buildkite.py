"""Buildkite.

https://buildkite.com/docs/pipelines/configure/managing-log-output
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdkit.report.native.dialect import Dialect, Group, Note


class Buildkite(Dialect):
    """Groups that begin with `---` and end where the next one begins."""

    def open(self, group: Group) -> Sequence[str]:
        """A folded group."""
        return [f"--- {group.title}"]

    def close(self, group: Group) -> Sequence[str]:
        """Another group, for what follows."""
        return ["~~~ cdkit"]

    def note(self, note: Note) -> Sequence[str]:
        """Open the group in which an error stands."""
        return ["^^^ +++"] if note.level == "error" else ()

    def shielded(self, line: str) -> str:
        """The line as it is: only one that begins with the mark opens a group, and ours begin with the step's name."""
        return line

    def hide(self, secret: str) -> Sequence[str]:
        """Nothing: the agent masks the values that it gave out itself."""
        return ()

    def hand_on(self, name: str, value: str) -> Sequence[str]:
        """Nothing: its agent takes them by a command of its own."""
        return ()

    def attach(self, report: Path) -> Sequence[str]:
        """Nothing: its agent takes the summary by a command of its own."""
        return ()
