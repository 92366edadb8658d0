"""YAML with the lines of its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Node, ProjectFolder, parse_documents
from cdkit_manifests.reading.data_file import DataFile, Keys

_FILTERED = re.compile(r"@([\w.-]+)@")


def read_yaml(folder: ProjectFolder, file: str) -> list[DataFile]:
    """The documents of a YAML file that are mappings; none where there is no such file.

    `@name@`, which Maven puts a property's value in for, becomes `${name}`: no YAML value may begin with the sign.

    Raises:
        InvalidInput: it is no YAML.
    """
    text = _FILTERED.sub(r"${\1}", folder.text(file))
    if not text.strip():
        return []
    return [_data_file(file, node, text) for node in parse_documents(text, file) if isinstance(node.value, dict)]


def _data_file(file: str, node: Node, text: str) -> DataFile:
    return DataFile(file, node.plain(), text, lambda _: dict(_find_lines(node, ())))


def _find_lines(node: Node, path: Keys) -> Iterator[tuple[Keys, int]]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield (*path, key), node.keys[key].line
            yield from _find_lines(child, (*path, key))
