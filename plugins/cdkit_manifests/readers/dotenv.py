"""A sample of the file that sets the application's variables: their names, and never a value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import EnvVar, Fact, ProjectFolder, Source

FILES = (".env.example", ".env.sample", ".env.dist", ".env.template")
"""`.env` itself is for one machine, and holds secrets."""
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The names of the variables. The values of a sample are those of a developer's machine."""
    file = next(filter(folder.has, FILES), "")
    lines = folder.data(file).decode("utf-8", errors="replace").splitlines() if file else []
    names = dict.fromkeys(match[1] for line in lines if (match := _ASSIGNMENT.match(line)))
    if names:
        yield Fact("env", tuple(map(EnvVar, names)), Source(file), "derived")
