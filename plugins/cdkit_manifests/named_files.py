"""Files that a user names in settings: they may lie anywhere in the checkout, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from cdkit.api import InvalidInput

LARGEST = 16 * 1024 * 1024
"""Bytes. More is no configuration."""


def read_file(folder: Path, boundary: Path, path: str) -> bytes:
    """The content of a file.

    Args:
        folder: where relative paths start.
        boundary: the folder that the file must lie in, also when it is a link.
        path: as the user wrote it.

    Raises:
        InvalidInput: there is no such file, it lies elsewhere, or it is too large.
    """
    place = locate(folder, boundary, path)
    if not place.is_file():
        raise InvalidInput(
            f"There is no file {path!r} in the project.", remedy="Paths start from the project's folder."
        )
    try:
        with place.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InvalidInput(f"The file {path!r} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise InvalidInput(f"The file {path!r} is larger than {LARGEST // 1024 // 1024} MiB.")
    return data


def list_folder(folder: Path, boundary: Path, path: str) -> list[str]:
    """The names of the files right in a folder.

    Raises:
        InvalidInput: there is no such folder, or it lies outside of the checkout.
    """
    place = locate(folder, boundary, path)
    if not place.is_dir():
        raise InvalidInput(
            f"There is no folder {path!r} in the project.", remedy="Paths start from the project's folder."
        )
    return sorted(entry.name for entry in place.iterdir() if entry.is_file())


def locate(folder: Path, boundary: Path, path: str) -> Path:
    """The absolute path, links resolved.

    Raises:
        InvalidInput: it lies outside of the checkout, or is no path.
    """
    try:
        place = (folder / path).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInput(f"{path!r} is no path: {error}.") from error
    if not place.is_relative_to(boundary.resolve()):
        raise InvalidInput(f"{path!r} lies outside of the checkout.", remedy="Copy what is needed into the project.")
    return place


def read_text(folder: Path, boundary: Path, path: str) -> str:
    """The text of a file; as `read_file` in all else.

    Raises:
        InvalidInput: it cannot be had, or is not UTF-8.
    """
    try:
        return read_file(folder, boundary, path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The file {path!r} is not UTF-8.") from error
