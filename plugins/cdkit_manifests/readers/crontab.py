"""crontab: when a job runs, and what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.reading.malformed import malformed

FILE = "crontab"
_FIELD = r"[\d*/,A-Za-z-]+"
_ENTRY = re.compile(
    rf"((?:{_FIELD}\s+){{4}}{_FIELD}|@(?:yearly|annually|monthly|weekly|daily|midnight|hourly))\s+(\S.*)"
)
_ASSIGNMENT = re.compile(r"\w+\s*=.*")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The one entry of a crontab; several are several jobs, which are not one project's manifests.

    Raises:
        InvalidInput: a line is no entry.
    """
    found = []
    for number, text in enumerate(folder.text(FILE).splitlines(), start=1):
        line = text.strip()
        if not line or line.startswith("#") or _ASSIGNMENT.fullmatch(line):
            continue
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise malformed(FILE, "It is no crontab: five fields of time and a command make an entry.", number)
        found.append((" ".join(entry[1].split()), entry[2], number))
    if len(found) == 1:
        schedule, command, number = found[0]
        yield Fact("kind", "cron", Source(FILE, number))
        yield Fact("schedule", schedule, Source(FILE, number))
        yield Fact("command", ("/bin/sh", "-c", command), Source(FILE, number))
