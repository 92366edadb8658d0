"""The plugins that are installed, by the entry points of their packages.

https://packaging.python.org/en/latest/specifications/entry-points/. `importlib.metadata` reads them too, but only to
import it takes four times as long as the whole interpreter needs to start. So it is asked only where packages are
not plain folders.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import PathFinder
from operator import attrgetter
from typing import Protocol, cast

ENTRY_POINT_GROUP = "cdkit"
METADATA_FOLDERS = (".dist-info", ".egg-info")


class PluginEntry(Protocol):
    """What the manager needs of an entry point; `importlib.metadata.EntryPoint` is one."""

    @property
    def name(self) -> str:
        """The plugin's name."""
        ...

    def load(self) -> object:
        """Import the plugin."""
        ...


class EntryPoint:
    """A plugin as its package names it. Implements `PluginEntry`.

    Args:
        name: the plugin's name.
        value: what to import: `package.module`, or `package.module:object`.
    """

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self.value = value

    def load(self) -> object:
        """Import the plugin."""
        module, _, attribute = self.value.partition("[")[0].partition(":")
        found: object = import_module(module.strip())
        return attrgetter(attribute.strip())(found) if attribute.strip() else found


def installed_plugins() -> list[PluginEntry]:
    """The entry points of the group `cdkit`, in the order of their names."""
    found = _standard() if _has_unusual_packages() else list(_read_all(sys.path))
    return sorted(found, key=lambda entry: entry.name)


def _has_unusual_packages() -> bool:
    """Whether somebody brings packages in another way, or keeps them in an archive."""
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    return finders != [PathFinder] or any(os.path.isfile(place) for place in sys.path)  # noqa: PTH113 -- `pathlib` costs more than the check


def _standard() -> list[PluginEntry]:
    from importlib.metadata import entry_points

    return cast("list[PluginEntry]", list(entry_points(group=ENTRY_POINT_GROUP)))


def _read_all(places: Sequence[str]) -> Iterator[PluginEntry]:
    """Of a package that is there twice, the first one counts, as for imports."""
    seen: set[str] = set()
    for place in dict.fromkeys(places):
        for name in _metadata_folders(place or "."):
            package = re.sub(r"[-_.]+", "-", name.partition("-")[0]).lower()
            if package not in seen:
                seen.add(package)
                yield from _read(f"{place or '.'}/{name}/entry_points.txt")


def _metadata_folders(place: str) -> list[str]:
    try:
        names = os.listdir(place)  # noqa: PTH208 -- see above
    except OSError:
        return []
    return [name for name in sorted(names) if name.endswith(METADATA_FOLDERS)]


def _read(file: str) -> Iterator[EntryPoint]:
    try:
        with open(file, encoding="utf-8") as opened:  # noqa: PTH123 -- see above
            text = opened.read()
    except (OSError, UnicodeDecodeError):
        return
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]").strip()
        elif section == ENTRY_POINT_GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield EntryPoint(name.strip(), value.strip())
