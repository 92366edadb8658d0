"""A validated pipeline: its steps as a graph, and what the names in its expressions stand for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from cdkit.models.environment import Environment
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.decode import decode
from cdkit.pipeline.document import Node
from cdkit.pipeline.expressions import ExpressionError, Pending, Scope, evaluate_text, has_expression, resolve
from cdkit.pipeline.model import SecretSource, StepSpec
from cdkit.plugin.extensions import PluginExtensions
from cdkit.ports.extensions import Extensions
from cdkit.step import Step, StepOptions


class PipelineStep(msgspec.Struct, frozen=True):
    """One step of a pipeline, with the class that does its work.

    Attributes:
        name: its name in the file.
        kind: the class of the step.
        spec: what the file says about it.
        position: where it stands.
        depends_on: the steps that must have succeeded before, in the order of the file: `needs`, and every step
            whose output an expression reads.
        group: the name of the step in the file, where that differs from `name`: for a step with a matrix.
        values: what `matrix.NAME` stands for.
        is_final: it stands under `finally`.
        reads: those of `depends_on` whose outputs it reads.
    """

    name: str
    kind: type[Step]
    spec: StepSpec
    position: Position
    depends_on: tuple[str, ...]
    group: str = ""
    values: dict[str, Node] = {}
    is_final: bool = False
    reads: frozenset[str] = frozenset()

    @property
    def options_node(self) -> Node:
        """What stands under `with:`; an empty mapping when nothing does."""
        return self.spec.options or Node({}, self.position)


class ResolvedOptions(msgspec.Struct, frozen=True):
    """A step's options with every expression replaced.

    Attributes:
        options: the options; None when there are problems, or when one that is not text is pending.
        pending: what each option waits for that is not known yet, by the option's name.
        problems: what is wrong with them.
    """

    options: StepOptions | None
    pending: dict[str, str]
    problems: tuple[Problem, ...]


class Pipeline(msgspec.Struct, frozen=True):
    """A pipeline file that was found to be valid.

    Attributes:
        name: the application's name.
        file: the file's path, as the user wrote it.
        workspace: the folder that holds it; relative paths start here.
        steps: the steps by name, in an order in which they can run; those under `finally` last.
        variables: the values of `vars`, with the environment's and the command line's in place.
        secrets: where secret values come from.
        environment: where the run deploys to.
        needs_approval: a person must agree to a run in this environment.
        groups: the names of the runs of each step with a matrix, by the step's name in the file.
        extensions: what the plugins that its steps come from bring beside them.
    """

    name: str
    file: str
    workspace: Path
    steps: dict[str, PipelineStep]
    variables: dict[str, Node]
    secrets: dict[str, SecretSource]
    environment: Environment
    needs_approval: bool = False
    groups: dict[str, tuple[str, ...]] = {}
    extensions: Extensions = PluginExtensions()

    def handed_on(self, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """What `steps` stands for in an expression.

        An output of a step with a matrix is the list of the outputs of its runs, in the order of the combinations.

        Args:
            outputs: the outputs of each run that succeeded, by its name; `Pending` for one that has not run.
        """
        gathered = {group: _gathered([outputs.get(name) for name in names]) for group, names in self.groups.items()}
        return {**outputs, **gathered} if gathered else outputs

    def known_scope(self) -> dict[str, Any]:
        """What is known of the names in expressions before a run: variables and environment."""
        return {"vars": self.variables, "environment": msgspec.structs.asdict(self.environment)}

    def static_scope(self) -> dict[str, Any]:
        """What names in expressions stand for before a run: what is not known is pending."""
        return self.known_scope() | {
            "secrets": {name: Pending(f"secret {name}") for name in self.secrets},
            "build": Pending("known from the build server"),
            "run": Pending("known when it runs"),
            "steps": {name: Pending(f"known after {name}") for name in (*self.steps, *self.groups)},
        }


def resolve_options(step: PipelineStep, scope: Scope) -> ResolvedOptions:
    """The step's options for what is known now."""
    problems: list[Problem] = []

    def fail(node: Node, error: ExpressionError) -> None:
        problems.append(Problem(str(error), node.position))

    node = resolve(step.options_node, _scope_of(step, scope), fail)
    pending = _pending_options(node)
    options = decode(node, step.kind.Options, problems)
    return ResolvedOptions(None if problems else options, pending, tuple(problems))


def resolve_env(step: PipelineStep, scope: Scope) -> dict[str, str]:
    """The step's environment variables; what is pending gives its placeholder.

    Raises:
        ExpressionError: an expression has no value, or one that is not text.
    """

    def fail(_: Node, error: ExpressionError) -> None:
        raise error

    own = _scope_of(step, scope)
    values = {name: resolve(node, own, fail) for name, node in step.spec.env.items()}
    for name, node in values.items():
        if isinstance(node.value, dict | list):
            raise ExpressionError(f"The environment variable {name!r} cannot be {node.kind}.")
    return {name: node.text for name, node in values.items()}


def wanted(step: PipelineStep, scope: Scope) -> bool | Pending:
    """Whether the step's `when` holds; pending when that is not known yet.

    Raises:
        ExpressionError: the expression has no value.
    """
    node = step.spec.when
    if node is None:
        return True
    value = evaluate_text(node.text, _scope_of(step, scope)) if has_expression(node.text) else node.value
    if isinstance(value, Node):
        value = value.value
    return value if isinstance(value, Pending) else bool(value)


def _scope_of(step: PipelineStep, scope: Scope) -> Scope:
    return {**scope, "matrix": step.values} if step.values else scope


def _gathered(outputs: list[Any]) -> Any:
    """The outputs of all runs of one step as lists, by the output's name; nothing until all of them have succeeded."""
    waiting = next((output for output in outputs if isinstance(output, Pending)), None)
    if waiting is not None:
        return waiting
    if any(output is None for output in outputs):
        return {}
    return {name: [output[name] for output in outputs] for name in outputs[0]}


def _pending_options(node: Node) -> dict[str, str]:
    children: Mapping[str, Node] = node.value if isinstance(node.value, dict) else {}
    waiting = {
        name: next((leaf.text for leaf in child.scalars() if leaf.pending), "") for name, child in children.items()
    }
    return {name: text for name, text in waiting.items() if text}
