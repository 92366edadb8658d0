"""What can be wrong with one step of the file by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit import errors
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.declared_types import fields_of, takes_expressions
from cdkit.pipeline.document import Node
from cdkit.pipeline.expressions import has_expression, is_whole_expression
from cdkit.pipeline.matrix import MOST_COMBINATIONS
from cdkit.pipeline.model import STEP_NAME, DefaultsSpec, SecretSource, StepSpec
from cdkit.pipeline.suggest import did_you_mean
from cdkit.step import Step


def check_step(name: str, spec: StepSpec, position: Position, node: Node) -> Iterator[Problem]:
    """What is wrong with a step, whatever its kind is.

    Args:
        name: its name.
        spec: what the file says about it.
        position: where its name stands.
        node: what stands behind its name.
    """
    if not re.fullmatch(STEP_NAME, name):
        message = f"{name!r} cannot be the name of a step: letters, digits, dashes and underscores, 63 at most."
        yield Problem(message, position)
    yield from _check_when(spec)
    yield from _check_env(spec)
    yield from _check_retry(spec, node)
    yield from _check_matrix(spec, node)


def check_defaults(spec: DefaultsSpec, node: Node) -> Iterator[Problem]:
    """What is wrong with the defaults, also where no step takes them over."""
    yield from _check_env(spec)
    yield from _check_retry(spec, node)


def check_literals(spec: StepSpec, kind: type[Step]) -> Iterator[Problem]:
    """Options that are programs hold no expressions."""
    children = spec.options.value if spec.options and isinstance(spec.options.value, dict) else {}
    for name, field in fields_of(kind.Options).items():
        if name in children and not takes_expressions(field) and _holds_expression(children[name]):
            message = f"{name!r} may not hold `${{{{ }}}}`: a value pasted into a program can become a part of it."
            remedy = "Hand the value over as an environment variable, under `env:`."
            yield Problem(message, children[name].position, remedy)


def check_secret(name: str, source: SecretSource, node: Node) -> Iterator[Problem]:
    """A secret comes from exactly one place."""
    given = [key for key in ("env", "file", "command") if getattr(source, key)]
    if len(given) != 1:
        what = f"both {' and '.join(given)}" if given else "no source"
        yield Problem(f"The secret {name!r} has {what}.", node.position, "Say one of env, file and command.")


def _holds_expression(node: Node) -> bool:
    return any(has_expression(leaf.text) for leaf in node.scalars())


def _check_when(spec: StepSpec) -> Iterator[Problem]:
    node = spec.when
    if node is not None and not isinstance(node.value, bool) and not has_expression(node.text):
        remedy = f"Write it as `${{{{ {node.text} }}}}`." if node.text else None
        yield Problem("`when` must be an expression, true or false.", node.position, remedy)
    elif node is not None and has_expression(node.text) and not is_whole_expression(node.text):
        # `${{ a }} and ${{ b }}` would be text, and any text is true.
        remedy = "Put all of it inside one `${{ }}`."
        yield Problem("`when` must be one whole expression.", node.position, remedy)


def _check_env(spec: StepSpec | DefaultsSpec) -> Iterator[Problem]:
    for name, node in spec.env.items():
        if isinstance(node.value, dict | list):
            yield Problem(f"The environment variable {name!r} cannot be {node.kind}.", node.position)


def _check_retry(spec: StepSpec | DefaultsSpec, node: Node) -> Iterator[Problem]:
    known = [kind.__name__ for kind in error_classes()]
    for index, name in enumerate(spec.retry.on):
        if name not in known:
            leaf = node.value["retry"].value["on"].value[index]
            yield Problem(f"There is no class of errors {name!r}.", leaf.position, did_you_mean(name, known))


def _check_matrix(spec: StepSpec, node: Node) -> Iterator[Problem]:
    count = 1
    for values in spec.matrix.values():
        count *= len(values)
    if count > MOST_COMBINATIONS:
        place = node.value["matrix"].position
        yield Problem(f"The matrix has {count} combinations; {MOST_COMBINATIONS} are the most.", place)
    if spec.matrix and any(not name.isidentifier() for name in spec.matrix):
        yield Problem("A name in a matrix is letters, digits and underscores.", node.value["matrix"].position)


def error_classes() -> list[type[errors.CdkitError]]:
    """Every class of errors that a step can end with, by which `retry.on` can ask for another attempt."""
    found = [errors.CdkitError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__ == errors.__name__]
