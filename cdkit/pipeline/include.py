"""Reads a pipeline file together with the files that it includes, as one tree of nodes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cdkit.errors import InvalidInput
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.document import Node, parse_document
from cdkit.pipeline.yaml_tree import LARGEST_FILE

INCLUDE = "include"
PLUGINS = "plugins"
MOST_FILES = 50
_NAMED_ONCE = ("steps", "finally")
"""Sections in which one name may stand once over all files; elsewhere the including file's word wins."""


def read_pipeline(path: str, problems: list[Problem]) -> Node:
    """The document of a pipeline file, with everything that it includes merged in.

    Args:
        path: the file's path, as the user wrote it.
        problems: gets what is wrong with the includes.

    Raises:
        InvalidInput: the file cannot be read, or is not YAML.
    """
    root = parse_document(read_text(path), path)
    return _Includer(repository_of(Path(path)), problems).merged(root, path, (os.path.realpath(path),))


def read_text(path: str) -> str:
    """The text of a file.

    Raises:
        InvalidInput: it cannot be read, or is not text.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            # One more than is allowed shows that it is too large, without reading all of a device or a log.
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        remedy = "Name it with `--file`, or change to the folder that holds it."
        raise InvalidInput(f"There is no pipeline file {path}.", remedy=remedy) from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The pipeline file {path} is not UTF-8 text: {error.reason}.") from None
    except OSError as error:
        raise InvalidInput(f"The pipeline file {path} cannot be read: {error.strerror}.") from None


def repository_of(path: Path) -> Path:
    """The folder out of which nothing is read: the git checkout that holds a file, else the file's own folder."""
    folder = path.resolve().parent
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


class _Includer:
    """Merges files into one another; knows how far it has come, so that a cycle or a flood of files ends it."""

    def __init__(self, repository: Path, problems: list[Problem]) -> None:
        self._repository = repository
        self._problems = problems
        self._read = 0

    def merged(self, root: Node, path: str, trail: tuple[str, ...]) -> Node:
        """A document with its includes merged in, those that stand first first."""
        if not isinstance(root.value, dict):
            return root
        own = Node(
            {key: node for key, node in root.value.items() if key != INCLUDE},
            root.position,
            keys={key: place for key, place in root.keys.items() if key != INCLUDE},
        )
        own = _with_own_plugins(own, path)
        result = Node({}, root.position)
        for leaf in self._names(root.value.get(INCLUDE)):
            included = self._include(leaf, path, trail)
            if included is not None:
                result = self._merge(result, included)
        return self._merge(result, own)

    def _names(self, node: Node | None) -> list[Node]:
        if node is None or node.value is None:
            return []
        names = node.value if isinstance(node.value, list) else [node]
        wrong = [leaf for leaf in names if not isinstance(leaf.value, str) or not leaf.value]
        self._problems += [Problem("`include` takes relative paths of files.", leaf.position) for leaf in wrong]
        return [leaf for leaf in names if leaf not in wrong]

    def _include(self, leaf: Node, path: str, trail: tuple[str, ...]) -> Node | None:
        shown = os.path.normpath(Path(path).parent / leaf.value)
        real = os.path.realpath(shown)
        complaint = self._complaint(leaf.value, real, trail)
        if complaint:
            self._problems.append(Problem(complaint, leaf.position))
            return None
        self._read += 1
        try:
            document = parse_document(read_text(shown), shown)
        except InvalidInput as error:
            self._problems += error.problems or [Problem(f"{leaf.value} cannot be included. {error}", leaf.position)]
            return None
        return self.merged(document, shown, (*trail, real))

    def _complaint(self, name: str, real: str, trail: tuple[str, ...]) -> str:
        if Path(name).is_absolute() or not Path(real).is_relative_to(self._repository):
            return f"{name} lies outside of the repository, and is not read."
        if real in trail:
            return f"{name} includes itself, directly or by way of others."
        return f"More than {MOST_FILES} files are included." if self._read >= MOST_FILES else ""

    def _merge(self, below: Node, above: Node) -> Node:
        """Two documents as one: sections of both are put together, and what stands above wins."""
        if not isinstance(below.value, dict) or not isinstance(above.value, dict):
            return above
        sections = dict(below.value)
        for key, node in above.value.items():
            sections[key] = self._section(key, sections[key], node) if key in sections else node
        return Node(sections, above.position, keys={**below.keys, **above.keys})

    def _section(self, key: str, below: Node, above: Node) -> Node:
        if key == PLUGINS and isinstance(below.value, list) and isinstance(above.value, list):
            return Node([*below.value, *above.value], above.position)
        if not isinstance(below.value, dict) or not isinstance(above.value, dict):
            return above
        if key in _NAMED_ONCE:
            self._problems += _twice(below, above)
        return Node({**below.value, **above.value}, above.position, keys={**below.keys, **above.keys})


def _twice(below: Node, above: Node) -> list[Problem]:
    places: Mapping[str, Position] = above.keys
    return [
        Problem(f"The step {name!r} stands in {below.keys[name]} too.", places[name])
        for name in above.value
        if name in below.value
    ]


def _with_own_plugins(root: Node, path: str) -> Node:
    """The same document, with its plugins named from the folder in which the leading pipeline file is run."""
    plugins = root.value.get(PLUGINS)
    if plugins is None or not isinstance(plugins.value, list):
        return root
    moved = [_moved(leaf, path) if isinstance(leaf.value, str) else leaf for leaf in plugins.value]
    return Node({**root.value, PLUGINS: Node(moved, plugins.position)}, root.position, keys=root.keys)


def _moved(leaf: Node, path: str) -> Node:
    name = os.path.normpath(Path(path).parent / leaf.value)
    return Node(name, leaf.position, text=name)
