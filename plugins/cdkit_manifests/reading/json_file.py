"""JSON with the lines of its keys."""

from __future__ import annotations

import json
import re

from cdkit.api import ProjectFolder
from cdkit_manifests.reading.data_file import DataFile, Keys
from cdkit_manifests.reading.malformed import malformed

_STRING = r'"(?:[^"\\\n]|\\.)*"'
_TOKEN = re.compile(rf"({_STRING})|[{{}}\[\],:\n]")
_EXTRA = re.compile(rf"({_STRING}?)|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}}\]])", re.DOTALL)


def read_json(folder: ProjectFolder, file: str) -> DataFile:
    """Read a JSON file that holds an object; one that is not there is empty.

    Raises:
        InvalidInput: it is no JSON, or no object.
    """
    return _parse(file, folder.text(file))


def read_commented_json(folder: ProjectFolder, file: str) -> DataFile:
    """Read JSON as .NET does: comments and a comma too many are no mistakes.

    Raises:
        InvalidInput: it is no JSON even so, or no object.
    """
    text = _EXTRA.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), folder.text(file))
    return _parse(file, text)


def _parse(file: str, text: str) -> DataFile:
    try:
        data = json.loads(text) if text.strip() else {}
    except json.JSONDecodeError as error:
        raise malformed(file, f"It is not JSON: {error.msg}.", error.lineno, error.colno) from error
    except (RecursionError, ValueError) as error:
        raise malformed(file, "It is nested too deeply, or holds a number that is too long.") from error
    if not isinstance(data, dict):
        raise malformed(file, "It must hold an object.")
    return DataFile(file, data, text, _find_lines)


def _find_lines(text: str) -> dict[Keys, int]:
    """The line of every key, from JSON that was found to be valid. What is in a list has no keys of its own."""
    found: dict[Keys, int] = {}
    path: list[str] = []
    line, word, lists = 1, "", 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign == "\n":
            line += 1
        elif sign == "[":
            lists += 1
        elif sign == "]":
            lists -= 1
        elif lists:
            continue
        elif token[1]:
            word = sign
        elif sign == ":":
            path[-1] = json.loads(word)
            found.setdefault(tuple(path), line)
        elif sign == "{":
            path.append("")
        elif sign == "}":
            path.pop()
    return found
