"""Names of files: what comes from a project must not lead out of the folder."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cdkit.api import Manifest

_LONGEST = 100


def file_name(text: str) -> str:
    """A name in lower case, of letters, digits, dashes and dots, that begins with a letter or a digit."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:_LONGEST].strip("-.") or "x"


def file_names(texts: Iterable[str]) -> list[str]:
    """A name for each text, no two the same: `hello`, `hello-2`."""
    names: dict[str, None] = {}
    for text in texts:
        name = first = file_name(text)
        number = 2
        while name in names:
            name = f"{first}-{number}"
            number += 1
        names[name] = None
    return list(names)


def object_files(objects: Iterable[Manifest]) -> dict[str, Manifest]:
    """A file for each object, by its name without an ending: `deployment-hello`."""
    listed = list(objects)
    names = file_names(f"{item['kind']}-{item['metadata']['name']}" for item in listed)
    return dict(zip(names, listed, strict=True))
