"""Checks what expressions refer to, without evaluating them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.problem import Problem
from cdkit.pipeline.declared_types import fields_of
from cdkit.pipeline.document import Node
from cdkit.pipeline.expressions import ExpressionError, Reference, has_expression, references_in
from cdkit.pipeline.suggest import did_you_mean
from cdkit.step import Step


class Names(msgspec.Struct, frozen=True):
    """What expressions of one pipeline may refer to.

    Attributes:
        variables: the names under `vars`.
        secrets: the names under `secrets`.
        steps: the kind of each step by its name; None for a kind that is not known.
        matrix: the names of the step's own matrix.
    """

    variables: frozenset[str]
    secrets: frozenset[str]
    steps: Mapping[str, type[Step] | None]
    matrix: frozenset[str] = frozenset()

    def children(self) -> dict[str, Any]:
        """The known names below each root."""
        return {
            "vars": self.variables,
            "secrets": self.secrets,
            "environment": frozenset(fields_of(Environment)),
            "build": frozenset(fields_of(Build)),
            "run": frozenset({"id", "status"}),
            "matrix": self.matrix,
            "steps": frozenset(self.steps),
        }


def read_references(nodes: Iterable[Node], problems: list[Problem]) -> list[tuple[Node, Reference]]:
    """Every reference of every expression at or below some nodes, each with the node that holds it."""
    found: list[tuple[Node, Reference]] = []
    for leaf in (leaf for node in nodes for leaf in node.scalars()):
        if not has_expression(leaf.text):
            continue
        try:
            found.extend((leaf, reference) for reference in references_in(leaf.text))
        except ExpressionError as error:
            problems.append(Problem(str(error), leaf.position))
    return found


def check_reference(node: Node, reference: Reference, names: Names, step: str) -> Problem | None:
    """What is wrong with one reference that stands in the step `step`, or None."""
    children = names.children()
    root, *rest = reference.path
    if root not in children:
        return _unknown(node, f"`{root}` is not known in an expression.", root, children)
    if not rest:
        return _incomplete(node, root) if root in {"steps", "secrets"} else None
    name = rest[0]
    if name not in children[root]:
        return _undefined(node, root, name, children[root])
    if root == "steps":
        return _check_output(node, names, step, rest)
    return None


def _check_output(node: Node, names: Names, step: str, rest: list[str]) -> Problem | None:
    name = rest[0]
    if name == step:
        return Problem(f"The step {step!r} cannot read its own outputs.", node.position)
    kind = names.steps[name]
    if kind is None:
        return None
    if len(rest) == 1:
        return _incomplete(node, f"steps.{name}")
    outputs = fields_of(kind.Outputs)
    if rest[1] not in outputs:
        message = f"The step {name!r} ({kind.name}) has no output {rest[1]!r}."
        return _unknown(node, message, rest[1], outputs)
    return None


def _incomplete(node: Node, path: str) -> Problem:
    whole = "secrets.NAME" if path == "secrets" else "steps.NAME.OUTPUT"
    return Problem(f"`{path}` alone is not a value.", node.position, f"Write it out: `{whole}`.")


def _undefined(node: Node, root: str, name: str, known: Iterable[str]) -> Problem:
    dashed = next((other for other in sorted(known) if other.startswith(f"{name}-")), None)
    message = f"`{root}.{name}` is not defined."
    if dashed is None:
        return _unknown(node, message, name, known)
    return Problem(message, node.position, f"A dash is a minus in an expression: write `{root}['{dashed}']`.")


def _unknown(node: Node, message: str, word: str, known: Iterable[str]) -> Problem:
    return Problem(message, node.position, did_you_mean(word, known))
