"""Which of several words about one setting stands, and where it was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from cdkit.api import Duration, InvalidInput, Node, Position, Problem, Source, decode
from cdkit_manifests.settings.model import ProjectSettings, Settings
from cdkit_manifests.settings.spelling import in_our_spelling

NOWHERE = Position("", 0, 0)
ENVIRONMENTS = "environments"


class Said(msgspec.Struct, frozen=True):
    """What was said of the manifests, all words put together.

    Attributes:
        settings: the values.
        node: the same as a tree that knows where each of them was said.
        environments: the environments of which something is said.
    """

    settings: Settings
    node: Node
    environments: tuple[str, ...] = ()

    def source(self, *path: str) -> Source | None:
        """Where a setting was said, `source("service", "type")`; None where nothing was."""
        node = self.node
        for name in path:
            if not isinstance(node.value, dict) or name not in node.value:
                return None
            node = node.value[name]
        position = node.position
        return Source(position.file, position.line, ".".join(path))


def resolve(words: Sequence[Node], environment: str, options: Settings | None = None) -> Said:
    """Put all words together.

    What the step's options say wins over what a file says of the environment, and that over what files say in general;
    of two files the first one wins. Mappings are put together key by key; all else is taken whole.

    Args:
        words: what the project's files say, the first one first; each a `ProjectSettings`.
        environment: the environment that the manifests are for; empty where there is none.
        options: the step's own options.

    Raises:
        InvalidInput: with every problem of all words.
    """
    spelled = [in_our_spelling(word, ProjectSettings) for word in words]
    problems: list[Problem] = []
    for word in spelled:
        decode(word, ProjectSettings, problems)
    if problems:
        files = ", ".join(dict.fromkeys(problem.position.file for problem in problems if problem.position))
        raise InvalidInput(f"The settings of the manifests in {files} are wrong.", problems=problems)
    known = tuple(dict.fromkeys(name for word in spelled for name in _environments(word)))
    layers = [_options_node(options), *(_of_environment(word, environment) for word in spelled), *spelled]
    merged = Node({}, NOWHERE)
    for layer in layers:
        merged = merge(merged, _without_shorthands(_without_environments(layer)))
    return Said(_decoded(merged), merged, known)


def merge(first: Node, second: Node) -> Node:
    """Two trees as one; where both say something, the first one stands."""
    if not (isinstance(first.value, dict) and isinstance(second.value, dict)):
        return first
    children = dict(first.value)
    for key, child in second.value.items():
        children[key] = merge(children[key], child) if key in children else child
    return msgspec.structs.replace(first, value=children, keys=second.keys | first.keys)


def _decoded(merged: Node) -> Settings:
    """The settings of a tree that was put together of valid ones.

    Raises:
        InvalidInput: what two words say does not go together.
    """
    problems: list[Problem] = []
    settings = decode(merged, Settings, problems)
    if settings is None:
        raise InvalidInput("The settings of the manifests contradict each other.", problems=problems)
    return settings


def _options_node(options: Settings | None) -> Node:
    if options is None:
        return Node({}, NOWHERE)
    said = msgspec.to_builtins(options, enc_hook=_as_written)
    settings = {field.name for field in msgspec.structs.fields(Settings)}
    return Node.of({name: value for name, value in said.items() if name in settings}, Position("the options", 0, 0))


def _as_written(value: Any) -> str:
    """Quantities and durations in the form in which a file has them."""
    return value.written() if isinstance(value, Duration) else str(value)


def _environments(word: Node) -> list[str]:
    node = word.value.get(ENVIRONMENTS) if isinstance(word.value, dict) else None
    return list(node.value) if node is not None and isinstance(node.value, dict) else []


def _of_environment(word: Node, environment: str) -> Node:
    empty = Node({}, word.position)
    if environment not in _environments(word):
        return empty
    node: Node = word.value[ENVIRONMENTS].value[environment]
    return node if isinstance(node.value, dict) else empty


def _without_environments(word: Node) -> Node:
    children = {key: child for key, child in (word.value or {}).items() if key != ENVIRONMENTS}
    return msgspec.structs.replace(word, value=children)


def _without_shorthands(word: Node) -> Node:
    """`port` and `health` written out, so that each setting has one place only."""
    children = dict(word.value)
    port, health = children.pop("port", None), children.pop("health", None)
    if port is not None:
        children["ports"] = merge(children.get("ports", _mapping(port)), _mapping(port, http=port))
    if health is not None:
        probes = _mapping(health, liveness=health, readiness=health)
        children["probes"] = merge(children.get("probes", _mapping(health)), probes)
    return msgspec.structs.replace(word, value=children)


def _mapping(like: Node, **children: Node) -> Node:
    return Node(children, like.position, keys=dict.fromkeys(children, like.position))
