"""The values of a chart: the tree of the base, what each environment says differently, and a schema of both."""

from __future__ import annotations

from typing import Any

from cdkit.api import InvalidInput
from cdkit_manifests.writers.helm.naming import ValuePath
from cdkit_manifests.writers.helm.settable import ABSENT
from cdkit_manifests.writers.helm.variants import BASE

Tree = dict[str, Any]


class Values:
    """All values of a chart, by environment; the base's are the defaults.

    Args:
        environments: the names of all environments.
    """

    def __init__(self, environments: list[str]) -> None:
        self._trees: dict[str, Tree] = {environment: {} for environment in (BASE, *environments)}
        self._schema: Tree = _group()
        self.comments: dict[ValuePath, str] = {}

    def add(self, path: ValuePath, values: dict[str, Any], comment: str) -> None:
        """Add a value.

        Args:
            path: its name.
            values: what it is, by environment; where one is missing or `ABSENT`, there is no such value.
            comment: a line for people.
        """
        for environment, tree in self._trees.items():
            _put(tree, path, values.get(environment, ABSENT))
        known = [value for value in values.values() if value is not ABSENT]
        self._describe(path, {"description": comment, **_schema_of(known)})
        self.comments[path] = comment

    @property
    def defaults(self) -> Tree:
        """What stands in `values.yaml`."""
        return self._trees[BASE]

    @property
    def schema(self) -> Tree:
        """What stands in `values.schema.json`."""
        # Helm gives `global` to charts that are part of another one.
        properties = {**self._schema["properties"], "global": {"type": "object"}}
        return {"$schema": "http://json-schema.org/draft-07/schema#", **self._schema, "properties": properties}

    def of(self, environment: str) -> Tree:
        """What an environment says differently.

        Raises:
            InvalidInput: a value is a mapping in one place and something else in the other, which Helm cannot merge.
        """
        return _difference(self.defaults, self._trees[environment], ())

    def _describe(self, path: ValuePath, schema: Tree) -> None:
        group = self._schema["properties"]
        for step in path[:-1]:
            group = group.setdefault(step, _group())["properties"]
        group[path[-1]] = schema


def _put(tree: Tree, path: ValuePath, value: Any) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    if value is not ABSENT:
        tree[path[-1]] = value


def _difference(base: Tree, wanted: Tree, path: ValuePath) -> Tree:
    """What Helm has to be told: it merges mappings, replaces all else, and removes what is null."""
    found: Tree = dict.fromkeys(name for name in base if name not in wanted)
    for name, value in wanted.items():
        known = base.get(name, ABSENT)
        if isinstance(known, dict) and isinstance(value, dict):
            inner = _difference(known, value, (*path, name))
            found |= {name: inner} if inner else {}
        elif known is not ABSENT and isinstance(known, dict) != isinstance(value, dict):
            raise InvalidInput(
                f"The value {'.'.join((*path, name))} of the Helm chart is a mapping in one environment only.",
                remedy="Write the field in the same form for all environments, or use the format `kustomize`.",
            )
        elif type(known) is not type(value) or known != value:
            found[name] = value
    return found


def _group() -> Tree:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _schema_of(values: list[Any]) -> Tree:
    types = sorted({_type_of(value) for value in values})
    return {"type": types[0] if len(types) == 1 else types}


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]
