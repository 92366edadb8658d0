"""Looks for secrets in what a run leaves behind. What is written is masked before; this is the proof of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cdkit.engine.journal import JOURNAL
from cdkit.redact import Redactor

PIECE = 1 << 20
OVERLAP = 1 << 14
"""Bytes in which a secret may stand across two pieces; no secret of a pipeline is longer."""


def leaks(redactor: Redactor, files: Iterable[Path]) -> list[Path]:
    """The files that hold a secret in any of the forms that the redactor knows.

    Args:
        redactor: knows the secrets.
        files: those to look through; what is not there is passed over.
    """
    if redactor.is_empty:
        return []
    return [file for file in files if file.is_file() and _holds_secret(redactor, file)]


def written_by(folder: Path) -> Iterator[Path]:
    """What cdkit itself has written into the folder of a run: the journal, and manifests."""
    yield folder / JOURNAL
    yield from sorted(folder.rglob("*.yaml"))


def _holds_secret(redactor: Redactor, file: Path) -> bool:
    before = ""
    with file.open(encoding="utf-8", errors="replace") as text:
        while piece := text.read(PIECE):
            if redactor.knows(before + piece):
                return True
            before = piece[-OVERLAP:]
    return False
