"""The one record of a run: `.cdkit/runs/<id>/events.jsonl`, append-only, one JSON object a line, flushed per event."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from cdkit.errors import CheckFailed
from cdkit.models.event import Event

STATE_FOLDER = ".cdkit"


class Journal:
    """Appends events to a run's file. Each line is written whole, by one system call, so a kill tears none.

    Args:
        folder: the run's folder; made when it does not exist, readable by its owner only.

    Raises:
        CheckFailed: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.jsonl"
        self._encoder = msgspec.json.Encoder()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _ignore_in_git(folder)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            message = f"The record of the run cannot be written to {folder}: {error.strerror}."
            raise CheckFailed(message, remedy="Make the folder of the pipeline file writable.") from error

    def write(self, event: Event) -> None:
        """Append an event that has passed the redactor."""
        os.write(self._file, self._encoder.encode(event) + b"\n")

    def close(self) -> None:
        """Close the file; nothing may be written afterwards."""
        os.close(self._file)


def run_folder(workspace: Path, run_id: str) -> Path:
    """Where a run of a pipeline in `workspace` leaves its record and its files."""
    return workspace / STATE_FOLDER / "runs" / run_id


def _ignore_in_git(folder: Path) -> None:
    """Our state is nobody's source: a `.gitignore` inside keeps it out without touching the project's own."""
    ignore = folder.parent.parent / ".gitignore"
    if folder.parent.parent.name == STATE_FOLDER and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
