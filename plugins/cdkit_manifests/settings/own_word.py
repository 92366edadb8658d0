"""The project's own word: settings in the files that its language has anyway, or in cdkit.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from cdkit.api import InvalidInput, Node, Position, Problem, ProjectFolder, Source, parse_document
from cdkit_manifests.reading.json_file import read_json
from cdkit_manifests.reading.properties_file import read_properties
from cdkit_manifests.reading.toml_file import read_toml
from cdkit_manifests.reading.xml_file import read_xml
from cdkit_manifests.settings import fabric8
from cdkit_manifests.settings.model import ProjectSettings
from cdkit_manifests.settings.trees import Property, property_node, table_node

CDKIT_FILE = "cdkit.yaml"
SECTION = "manifests"
ENVIRONMENTS = "environments"
PREFIX = "cdkit"
ENV_PROPERTIES = "src/main/fabric8/env.properties"


class OwnWord(msgspec.Struct, frozen=True):
    """What a project says of its manifests.

    Attributes:
        words: a tree of settings for each file that says something, the one that wins first.
        notes: what was said that has no meaning any more.
    """

    words: tuple[Node, ...]
    notes: tuple[str, ...] = ()


def read_own_word(folder: ProjectFolder) -> OwnWord:
    """Read the project's own word from wherever it stands.

    Raises:
        InvalidInput: files are malformed, or contradict themselves; with every problem.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    words: list[Node | None] = []
    for read in _READERS:
        try:
            words.append(read(folder))
        except InvalidInput as error:
            problems.extend(error.problems or [Problem(error.message)])
    words += _properties(folder, problems, notes)
    if problems:
        raise InvalidInput("The project's settings cannot be read.", problems=problems)
    return OwnWord(tuple(word for word in words if word is not None), tuple(notes))


def _cdkit_yaml(folder: ProjectFolder) -> Node | None:
    """`manifests` of a pipeline file, and what its environments say under the same name."""
    text = folder.text(CDKIT_FILE)
    if not text.strip():
        return None
    root = parse_document(text, CDKIT_FILE)
    if not isinstance(root.value, dict):
        return None
    word: Node = root.value.get(SECTION) or Node({}, root.position)
    own = _of_environments(root)
    if not own or not isinstance(word.value, dict):
        return word
    environments = Node(own, root.position, keys={name: node.position for name, node in own.items()})
    return msgspec.structs.replace(word, value={**word.value, ENVIRONMENTS: environments})


def _of_environments(root: Node) -> Mapping[str, Node]:
    places = root.value.get(ENVIRONMENTS)
    members = places.value.items() if places is not None and isinstance(places.value, dict) else ()
    return {
        name: place.value[SECTION]
        for name, place in members
        if isinstance(place.value, dict) and SECTION in place.value
    }


def _pyproject(folder: ProjectFolder) -> Node | None:
    return table_node(read_toml(folder, "pyproject.toml"), "tool", PREFIX)


def _package_json(folder: ProjectFolder) -> Node | None:
    return table_node(read_json(folder, "package.json"), PREFIX)


def _cargo(folder: ProjectFolder) -> Node | None:
    return table_node(read_toml(folder, "Cargo.toml"), "package", "metadata", PREFIX)


_READERS: tuple[Callable[[ProjectFolder], Node | None], ...] = (_cdkit_yaml, _pyproject, _package_json, _cargo)


def _properties(folder: ProjectFolder, problems: list[Problem], notes: list[str]) -> list[Node | None]:
    """Properties of ours, and those of fabric8 and JKube behind them."""
    try:
        pom, gradle = list(_pom_properties(folder)), list(_gradle_properties(folder))
    except InvalidInput as error:
        problems.extend(error.problems)
        return []
    words = [_own(found, problems) for found in (pom, gradle)]
    old = [item for item in (*pom, *gradle) if item.path[0] in fabric8.PREFIXES]
    translated, told = fabric8.translate(old, problems)
    notes.extend(told)
    translated += _env_file(folder, translated)
    return [*words, property_node(translated, ProjectSettings, problems) if translated else None]


def _own(properties: list[Property], problems: list[Problem]) -> Node | None:
    own = [msgspec.structs.replace(item, path=item.path[1:]) for item in properties if item.path[0] == PREFIX]
    return property_node(own, ProjectSettings, problems) if own else None


def _pom_properties(folder: ProjectFolder) -> Iterator[Property]:
    root = read_xml(folder, "pom.xml", "project")
    for element in root.first("properties").children:
        path = tuple(element.tag.split("."))
        if len(path) > 1:
            yield Property(path, element.text, Source("pom.xml", element.line, element.tag))


def _gradle_properties(folder: ProjectFolder) -> Iterator[Property]:
    found = read_properties(folder, "gradle.properties")
    for key, value in found.values.items():
        path = tuple(key.split("."))
        if len(path) > 1:
            yield Property(path, value, found.source(key))


def _env_file(folder: ProjectFolder, translated: list[Property]) -> list[Property]:
    """The variables that fabric8 reads from a file of its own; a property in the pom wins."""
    said = [item for item in translated if item.path == ("env",)]
    for item in said:
        translated.remove(item)
    known = {item.path for item in translated}
    found = []
    for file in [item.text.strip() for item in said] or [ENV_PROPERTIES]:
        if said and not folder.has(file):
            position = said[0].position
            message = f"There is no file {file!r} in the project."
            raise InvalidInput(message, problems=[Problem(message, Position(position.file, position.line, 1))])
        properties = read_properties(folder, file)
        found += [Property(("env", key), value, properties.source(key)) for key, value in properties.values.items()]
    return [item for item in found if item.path not in known]
