"""The project's own word: settings in the files that its language has anyway, or in cdkit.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from cdkit.api import InvalidInput, Node, Problem, ProjectFolder, parse_document
from cdkit_manifests.fragments.parameters import fill
from cdkit_manifests.readers.java.pom import Pom
from cdkit_manifests.reading.json_file import read_json
from cdkit_manifests.reading.properties_file import read_properties
from cdkit_manifests.reading.toml_file import read_toml
from cdkit_manifests.settings import fabric8
from cdkit_manifests.settings.model import ProjectSettings
from cdkit_manifests.settings.trees import Property, property_node, table_node

CDKIT_FILE = "cdkit.yaml"
SECTION = "manifests"
ENVIRONMENTS = "environments"
PREFIX = "cdkit"
_PREFIXES = frozenset({PREFIX, *fabric8.PREFIXES})
ENV_PROPERTIES = "src/main/fabric8/env.properties"


class OwnWord(msgspec.Struct, frozen=True):
    """What a project says of its manifests.

    Attributes:
        words: a tree of settings for each file that says something, the one that wins first.
        notes: what was said that has no meaning any more.
    """

    words: tuple[Node, ...]
    notes: tuple[str, ...] = ()


def read_own_word(folder: ProjectFolder, parameters: Mapping[str, str] = MappingProxyType({})) -> OwnWord:
    """Read the project's own word from wherever it stands.

    Args:
        folder: the project.
        parameters: values for parameters that are left open in properties, beside those that properties give.

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
    words += _properties(folder, parameters, problems, notes)
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


def _properties(
    folder: ProjectFolder, parameters: Mapping[str, str], problems: list[Problem], notes: list[str]
) -> list[Node | None]:
    """Properties of ours, and those of fabric8 and JKube behind them."""
    try:
        pom, gradle, env = list(_pom_properties(folder)), list(_gradle_properties(folder)), list(_env_file(folder))
    except InvalidInput as error:
        problems.extend(error.problems)
        return []
    values = {**_own_parameters([*gradle, *pom]), **parameters}
    pom, gradle, env = ([_filled(item, values, problems) for item in found] for found in (pom, gradle, env))
    old = [item for item in (*pom, *gradle) if item.path[0] in fabric8.PREFIXES]
    translated, told = fabric8.translate(old, problems)
    notes.extend(told)
    known = {item.path for item in translated}
    translated += [item for item in env if item.path not in known]
    word = property_node(translated, ProjectSettings, problems) if translated else None
    return [*(_own(found, problems) for found in (pom, gradle)), word]


def _own(properties: list[Property], problems: list[Problem]) -> Node | None:
    own = [msgspec.structs.replace(item, path=item.path[1:]) for item in properties if item.path[0] == PREFIX]
    return property_node(own, ProjectSettings, problems) if own else None


def _own_parameters(properties: list[Property]) -> dict[str, str]:
    """The values that properties themselves give to parameters: `cdkit.parameters.X`, `fabric8.parameter.X.value`."""
    found: dict[str, str] = {}
    for item in properties:
        prefix, group, *name = item.path
        if prefix == PREFIX and group == "parameters":
            found[".".join(name)] = item.text
        elif prefix in fabric8.PREFIXES and group == "parameter" and name[-1:] == ["value"]:
            found[".".join(name[:-1])] = item.text
    return found


def _filled(item: Property, values: Mapping[str, str], problems: list[Problem]) -> Property:
    """A property with the parameters filled in that Maven left open."""
    node = fill(Node(item.text, item.position, text=item.text, quoted=True), values, problems)
    return msgspec.structs.replace(item, text=node.text)


def _pom_properties(folder: ProjectFolder) -> Iterator[Property]:
    """Those of ours and of our forerunners, a parent's too, with the properties that they name put in."""
    pom = Pom(folder)
    found: set[str] = set()
    for file, root in pom.chain:
        for element in root.first("properties").children:
            path = tuple(element.tag.split("."))
            if path[0] in _PREFIXES and len(path) > 1 and element.tag not in found:
                found.add(element.tag)
                # What is no property of Maven is a parameter of the manifests.
                yield Property(path, pom.resolve(element.text) or element.text, element.source(file))


def _gradle_properties(folder: ProjectFolder) -> Iterator[Property]:
    found = read_properties(folder, "gradle.properties")
    for key, value in found.values.items():
        path = tuple(key.split("."))
        if path[0] in _PREFIXES and len(path) > 1:
            yield Property(path, value, found.source(key))


def _env_file(folder: ProjectFolder) -> Iterator[Property]:
    """The variables that fabric8 reads from a file of its own.

    Raises:
        InvalidInput: the file that a property names is not there.
    """
    said = [item for item in _pom_properties(folder) if item.path[1:] == ("envProperties",)]
    for item in said:
        if not folder.has(item.text.strip()):
            problem = Problem(f"There is no file {item.text.strip()!r} in the project.", item.position)
            raise InvalidInput(problem.message, problems=[problem])
    for file in [item.text.strip() for item in said] or [ENV_PROPERTIES]:
        properties = read_properties(folder, file)
        for key, value in properties.values.items():
            yield Property(("env", key), value, properties.source(key))
