"""Facts from a Dockerfile: the port that it exposes, and the user that its last stage runs as."""

from __future__ import annotations

import re
from pathlib import Path

from cdkit.api import Fact, Port, Source

FILE = "Dockerfile"
HIGHEST_PORT = 65535
_INSTRUCTION = re.compile(r"^\s*(FROM|EXPOSE|USER)\s+(\S+)", re.IGNORECASE)
_PORT = re.compile(r"(\d{1,5})(?:/tcp)?")
_USER = re.compile(r"([1-9]\d*)(?::.*)?")


def read(folder: Path) -> list[Fact]:
    """The facts of a folder's Dockerfile; none when there is no such file.

    A value that is only known when the image is built (`$PORT`) is no fact.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    found: dict[str, Fact] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        match = _INSTRUCTION.match(line)
        if match is not None:
            _take(match[1].upper(), match[2], Source(FILE, number, match[1].upper()), found)
    return list(found.values())


def _take(instruction: str, argument: str, source: Source, found: dict[str, Fact]) -> None:
    if instruction == "FROM":
        # What an earlier stage exposes, or runs as, says nothing about the image.
        found.clear()
    elif instruction == "EXPOSE":
        port = _PORT.fullmatch(argument)
        if port and 0 < int(port[1]) <= HIGHEST_PORT:
            # Of several ports the first one is the application's.
            found.setdefault("ports", Fact("ports", (Port(int(port[1])),), source))
    else:
        # The last user is the one that the image runs as.
        found.pop("user", None)
        user = _USER.fullmatch(argument)
        if user:
            found["user"] = Fact("user", int(user[1]), source)
