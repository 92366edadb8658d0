"""What a project says about itself in its own metadata file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from cdkit.api import decode_json


class Metadata(msgspec.Struct, frozen=True):
    """A project's own words; what it does not say is the empty string.

    Attributes:
        name: its name.
        version: its version.
        license: its licence, as an SPDX expression where the project keeps to that.
    """

    name: str = ""
    version: str = ""
    license: str = ""


def read_metadata(folder: Path) -> Metadata:
    """The metadata of the first file that a folder has: pyproject.toml, package.json, Cargo.toml.

    A file that cannot be read says nothing: whoever builds with it will say what is wrong.
    """
    for name, read in _READERS.items():
        path = folder / name
        if path.is_file():
            try:
                return read(path.read_bytes())
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                return Metadata()
    return Metadata()


def _pyproject(content: bytes) -> Metadata:
    table = _toml(content).get("project", {})
    written = table.get("license", "")
    return _metadata({**table, "license": written.get("text", "") if isinstance(written, dict) else written})


def _cargo(content: bytes) -> Metadata:
    return _metadata(_toml(content).get("package", {}))


def _package_json(content: bytes) -> Metadata:
    return _metadata(decode_json(content))


def _metadata(table: dict[str, Any]) -> Metadata:
    values = (table.get(name, "") for name in Metadata.__struct_fields__)
    return Metadata(*(value if isinstance(value, str) else "" for value in values))


def _toml(content: bytes) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(content.decode())


_READERS: dict[str, Callable[[bytes], Metadata]] = {
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
}
