"""TOML with the lines of its keys."""

from __future__ import annotations

import re

from cdkit.api import ProjectFolder
from cdkit_manifests.reading.data_file import DataFile, Keys
from cdkit_manifests.reading.malformed import malformed

_PLACE = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def read_toml(folder: ProjectFolder, file: str) -> DataFile:
    """Read a TOML file; one that is not there is empty.

    Raises:
        InvalidInput: it is no TOML.
    """
    import tomllib

    text = folder.text(file)
    try:
        return DataFile(file, tomllib.loads(text), text, _find_lines)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place and place[1] else (text.count("\n") + 1, 1)
        raise malformed(file, f"It is not TOML: {_PLACE.sub('', str(error))}.", line, column) from error
    except RecursionError as error:
        raise malformed(file, "It is nested too deeply.") from error


def _find_lines(text: str) -> dict[Keys, int]:
    """The first line of every table and key. Good enough to tell a person where to look: it may err inside of texts."""
    found: dict[Keys, int] = {}
    table: Keys = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _split(header[1])
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault((*table, *_split(key[1])), number)
    return found


def _split(key: str) -> Keys:
    return tuple(part.strip("\"'") for part in re.findall(_PART, key))
