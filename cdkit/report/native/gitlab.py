"""GitLab CI.

https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdkit.report.native.dialect import Dialect, Group, Note

CLEAR = "\x1b[0K"


class GitLab(Dialect):
    """Collapsible sections. They begin with an escape sequence, which no line of somebody else's holds any more."""

    def open(self, group: Group) -> Sequence[str]:
        """A section, folded; how it ended stands below it."""
        return [f"{CLEAR}section_start:{int(group.time)}:{group.id}[collapsed=true]\r{CLEAR}{group.title}"]

    def close(self, group: Group) -> Sequence[str]:
        """The end of the section."""
        return [f"{CLEAR}section_end:{int(group.time)}:{group.id}\r{CLEAR}"]

    def note(self, note: Note) -> Sequence[str]:
        """Nothing: GitLab reads annotations from reports."""
        return ()

    def shielded(self, line: str) -> str:
        """The line as it is."""
        return line

    def hide(self, secret: str) -> Sequence[str]:
        """Nothing: GitLab masks the values in its settings only."""
        return ()

    def hand_on(self, name: str, value: str) -> Sequence[str]:
        """Nothing: the job's configuration names a file of variables."""
        return ()

    def attach(self, report: Path) -> Sequence[str]:
        """Nothing: the job's configuration names it."""
        return ()
