"""Java's properties, with the lines of their keys.

https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cdkit.api import ProjectFolder, Source

_PAIR = re.compile(r"((?:\\.|[^=:\s\\])*)\s*[=:\s]?\s*(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


class Properties(msgspec.Struct, frozen=True):
    """What a file of properties says.

    Attributes:
        file: the path from the project's folder.
        values: by key; the last one where a key stands twice.
        lines: where each key stands.
    """

    file: str
    values: dict[str, str]
    lines: dict[str, int]

    def get(self, key: str) -> str:
        """A value; the empty text where there is none."""
        return self.values.get(key, "")

    def source(self, key: str) -> Source:
        """Where a key stands."""
        return Source(self.file, self.lines.get(key, 0), key)


def read_properties(folder: ProjectFolder, file: str) -> Properties:
    """Read a file of properties; one that is not there is empty. Text that is not UTF-8 is the Latin-1 of old."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in _logical_lines(_decode(folder.data(file))):
        pair = _PAIR.match(line)
        if pair:
            key = _unescape(pair[1])
            values[key] = _unescape(pair[2]).strip()
            lines[key] = number
    return Properties(file, values, lines)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines without comments; one that ends with a backslash goes on in the next."""
    begun, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.lstrip()
        if not begun and (not stripped or stripped[0] in "#!"):
            continue
        start = start if begun else number
        begun += stripped
        if (len(begun) - len(begun.rstrip("\\"))) % 2:
            begun = begun[:-1]
            continue
        yield start, begun
        begun = ""
    if begun:
        yield start, begun


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    sign = match[1]
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _CONTROL.get(sign, sign)
