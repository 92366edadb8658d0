"""Names of files: what comes from a project must not lead out of the folder."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cdkit.api import Manifest

_LONGEST = 100


def file_name(text: str) -> str:
    """A name in lower case, of letters, digits, dashes and dots, that begins with a letter or a digit."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:_LONGEST].strip("-.") or "x"


def object_files(objects: Iterable[Manifest]) -> dict[str, Manifest]:
    """A file for each object, by its name without an ending: `deployment-hello`, `deployment-hello-2` for a second."""
    files: dict[str, Manifest] = {}
    for item in objects:
        name = file_name(f"{item['kind']}-{item['metadata']['name']}")
        number = 2
        while name in files:
            name = f"{file_name(item['kind'])}-{file_name(item['metadata']['name'])}-{number}"
            number += 1
        files[name] = item
    return files
