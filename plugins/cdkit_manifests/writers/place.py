"""Putting files where they belong: each whole or not at all, and without leaving behind what an earlier run made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from cdkit.api import WorldFailed, decode_json

RECORD = ".cdkit-generated.json"
"""In a folder that we wrote to: which files we made there, with the SHA-256 of each."""

PUBLIC = 0o666
"""The mode of a new file, of which the process's umask takes its part."""

PRIVATE = 0o600
"""The mode of a file that holds a Secret."""


def place_file(path: Path, text: str, mode: int = PUBLIC) -> None:
    """Write a file so that a reader finds the old text or the new one, and nothing between them.

    Args:
        path: the file; its folder is made where there is none.
        text: what it shall hold.
        mode: who may read it.

    Raises:
        WorldFailed: it cannot be written.
    """
    new = path.with_name(f".{path.name[:100]}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WorldFailed(
            f"{path} cannot be written: {error.strerror}.", remedy="Say another `output`, or allow the writing."
        ) from error


def place_files(folder: Path, files: Mapping[str, str], mode: int = PUBLIC) -> list[str]:
    """Write files into a folder, and remove those of an earlier generation that are not among them.

    Only a file that we made, and that nobody has changed since, is removed.

    Args:
        folder: the folder; made where there is none.
        files: the text of each file, by its path from the folder.
        mode: who may read them.

    Returns:
        The paths of the files that were removed.

    Raises:
        WorldFailed: a file cannot be written.
    """
    known = _read_record(folder)
    for name, text in files.items():
        place_file(folder / name, text, mode)
    removed = [name for name, digest in known.items() if name not in files and _remove(folder, name, digest)]
    record = {name: _digest(text.encode()) for name, text in sorted(files.items())}
    # The digest of a file with a Secret is no more for everybody than the file is.
    place_file(folder / RECORD, msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n", mode)
    return removed


def _read_record(folder: Path) -> dict[str, str]:
    """What we made before; nothing where the record is not ours, or not there."""
    try:
        return decode_json((folder / RECORD).read_bytes(), dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}


def _remove(folder: Path, name: str, digest: str) -> bool:
    """Remove a file if it is what we made. The record may come from a checkout, so it is not believed blindly."""
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        if not inside or path.is_symlink() or _digest(path.read_bytes()) != digest:
            return False
        path.unlink()
        _remove_empty_folders(folder, path.parent)
    except (OSError, ValueError):
        return False
    return True


def _remove_empty_folders(top: Path, folder: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
