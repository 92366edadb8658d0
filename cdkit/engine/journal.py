"""The one record of a run: `.cdkit/runs/<id>/events.jsonl`, append-only, one JSON object a line, flushed per event."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import msgspec

from cdkit.engine.state import STATE_FOLDER, state_folder
from cdkit.errors import CheckFailed
from cdkit.models.event import Event

JOURNAL = "events.jsonl"


class Journal:
    """Appends events to a run's file. Lines are written by one system call; a kill, or a full disk, can tear the last.

    Args:
        folder: the run's folder; made when it does not exist, readable by its owner only.

    Raises:
        CheckFailed: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL
        self._encoder = msgspec.json.Encoder()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _ignore_in_git(folder)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            # Held until it is closed, or the process ends in whatever way: who removes old runs sees this one work.
            fcntl.flock(self._file, fcntl.LOCK_SH)
        except OSError as error:
            message = f"The record of the run cannot be written to {folder}: {error.strerror}."
            raise CheckFailed(message, remedy="Make the folder of the pipeline file writable.") from error

    def write(self, *events: Event) -> None:
        """Append events that have passed the redactor. They are in the file when this returns."""
        lines = memoryview(self._encoder.encode_lines(events))
        while lines:
            # A disk that is nearly full takes only a part; the rest gives the error.
            lines = lines[os.write(self._file, lines) :]

    def close(self) -> None:
        """Close the file; nothing may be written afterwards."""
        os.close(self._file)


def run_folder(workspace: Path, run_id: str) -> Path:
    """Where a run of a pipeline in `workspace` leaves its record and its files."""
    return state_folder(workspace) / "runs" / run_id


def _ignore_in_git(folder: Path) -> None:
    """Our state is nobody's source: a `.gitignore` inside keeps it out without touching the project's own."""
    ignore = folder.parent.parent / ".gitignore"
    if folder.parent.parent.name == STATE_FOLDER and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
