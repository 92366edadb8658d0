"""Reads a pipeline file and finds everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cdkit.errors import InvalidInput
from cdkit.models.environment import Environment
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.decode import decode, fields_of, takes_expressions
from cdkit.pipeline.document import Node, parse_document
from cdkit.pipeline.expressions import has_expression
from cdkit.pipeline.graph import DependencyCycle, order
from cdkit.pipeline.model import Choices, EnvironmentSpec, PipelineSpec, StepSpec
from cdkit.pipeline.pipeline import Pipeline, PipelineStep, resolve_options
from cdkit.pipeline.references import Names, check_reference, read_references
from cdkit.pipeline.suggest import did_you_mean
from cdkit.step import Step

STEP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")


def load(path: str, kinds: Mapping[str, type[Step]], choices: Choices | None = None) -> Pipeline:
    """Read and validate a pipeline file.

    Args:
        path: the file's path.
        kinds: the known kinds of steps by name.
        choices: what the command line says.

    Raises:
        InvalidInput: with every problem of the file, in the order of the file.
    """
    root = parse_document(read_text(path), path)
    problems: list[Problem] = []
    spec = decode(root, PipelineSpec, problems)
    if spec is None:
        raise _invalid(path, problems)
    loader = _Loader(path, root, spec, kinds, choices or Choices())
    pipeline = loader.load()
    if loader.problems:
        raise _invalid(path, loader.problems)
    return pipeline


def read_text(path: str) -> str:
    """The text of a file.

    Raises:
        InvalidInput: it cannot be read, or is not text.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = "Name it with `--file`, or change to the folder that holds it."
        raise InvalidInput(f"There is no pipeline file {path}.", remedy=remedy) from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The pipeline file {path} is not UTF-8 text: {error.reason}.") from None
    except OSError as error:
        raise InvalidInput(f"The pipeline file {path} cannot be read: {error.strerror}.") from None


def _invalid(path: str, problems: Sequence[Problem]) -> InvalidInput:
    unique = dict.fromkeys(problems)
    ordered = sorted(unique, key=lambda problem: problem.position or Position(path, 0, 0))
    count = "one problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    return InvalidInput(f"{path} has {count}.", problems=ordered)


class _Loader:
    """One reading of one file; collects problems on the way."""

    def __init__(
        self, path: str, root: Node, spec: PipelineSpec, kinds: Mapping[str, type[Step]], choices: Choices
    ) -> None:
        self.path = path
        self.root = root
        self.spec = spec
        self.kinds = kinds
        self.choices = choices
        self.problems: list[Problem] = []

    def load(self) -> Pipeline:
        """The pipeline; valid when no problems were collected."""
        environment, overrides = self._environment()
        variables = self.spec.vars | overrides | self.choices.overrides
        self._check_plain(variables)
        names = Names(
            frozenset(variables),
            frozenset(self.spec.secrets),
            {name: self.kinds.get(step.uses) for name, step in self.spec.steps.items()},
        )
        steps = [step for name in self.spec.steps if (step := self._step(name, names))]
        workspace = Path(self.path).resolve().parent
        pipeline = Pipeline(
            self.spec.name,
            self.path,
            workspace,
            self._ordered({step.name: step for step in steps}),
            variables,
            self.spec.secrets,
            environment,
        )
        self._check_options(pipeline)
        return pipeline

    def _environment(self) -> tuple[Environment, dict[str, Node]]:
        """The chosen environment; the only one there is need not be chosen."""
        known = self.spec.environments
        name = self.choices.environment or (next(iter(known)) if len(known) == 1 else "")
        if not name and known:
            self._say(
                self.root,
                "environments",
                "The file has several environments.",
                f"Choose one with --env: {', '.join(known)}.",
            )
        elif name and name not in known:
            self._say(self.root, "environments", f"There is no environment {name!r}.", did_you_mean(name, known))
        chosen = known.get(name, EnvironmentSpec())
        return Environment(name, chosen.context, chosen.namespace), chosen.vars

    def _check_plain(self, variables: Mapping[str, Node]) -> None:
        for node in variables.values():
            for leaf in node.scalars():
                if has_expression(leaf.text):
                    self.problems.append(Problem("A variable holds a plain value, not an expression.", leaf.position))

    def _step(self, name: str, names: Names) -> PipelineStep | None:
        spec = self.spec.steps[name]
        steps_node = self.root.value["steps"]
        node = steps_node.value[name]
        position = steps_node.keys[name]
        if not STEP_NAME.fullmatch(name):
            message = f"{name!r} cannot be the name of a step: letters, digits, dashes and underscores, 63 at most."
            self.problems.append(Problem(message, position))
        kind = self.kinds.get(spec.uses)
        if kind is None:
            self._say(node, "uses", f"There is no step {spec.uses!r}.", did_you_mean(spec.uses, self.kinds))
        depends_on = self._dependencies(name, spec, node, names)
        self._check_when(spec)
        if kind is None:
            return None
        self._check_literals(spec, kind)
        return PipelineStep(name, kind, spec, position, depends_on)

    def _dependencies(self, name: str, spec: StepSpec, node: Node, names: Names) -> tuple[str, ...]:
        found: set[str] = set()
        for index, need in enumerate(spec.needs):
            if need == name or need not in self.spec.steps:
                what = "itself" if need == name else f"{need!r}, which is not a step of this file"
                leaf = node.value["needs"].value[index]
                others = self.spec.steps.keys() - {name}
                self.problems.append(Problem(f"{name!r} needs {what}.", leaf.position, did_you_mean(need, others)))
            else:
                found.add(need)
        places = [place for place in (spec.options, spec.when, *spec.env.values()) if place is not None]
        for leaf, reference in read_references(places, self.problems):
            problem = check_reference(leaf, reference, names, name)
            if problem:
                self.problems.append(problem)
            elif reference.path[0] == "steps":
                found.add(reference.path[1])
        return tuple(step for step in self.spec.steps if step in found)

    def _check_when(self, spec: StepSpec) -> None:
        node = spec.when
        if node is not None and not isinstance(node.value, bool) and not has_expression(node.text):
            remedy = f"Write it as `${{{{ {node.text} }}}}`." if node.text else None
            self.problems.append(Problem("`when` must be an expression, true or false.", node.position, remedy))

    def _check_literals(self, spec: StepSpec, kind: type[Step]) -> None:
        children = spec.options.value if spec.options and isinstance(spec.options.value, dict) else {}
        for name, field in fields_of(kind.Options).items():
            if name in children and not takes_expressions(field) and has_expression(children[name].text):
                message = f"{name!r} may not hold `${{{{ }}}}`: a value pasted into a program can become a part of it."
                remedy = "Hand the value over as an environment variable, under `env:`."
                self.problems.append(Problem(message, children[name].position, remedy))

    def _ordered(self, steps: dict[str, PipelineStep]) -> dict[str, PipelineStep]:
        dependencies = {name: [need for need in step.depends_on if need in steps] for name, step in steps.items()}
        try:
            return {name: steps[name] for name in order(dependencies)}
        except DependencyCycle as cycle:
            message = f"These steps wait for each other: {cycle}."
            self.problems.append(Problem(message, steps[cycle.names[0]].position))
            return steps

    def _check_options(self, pipeline: Pipeline) -> None:
        """Options are decoded with all that is not known yet left open, which finds all that is wrong already."""
        scope = pipeline.static_scope()
        complained = {problem.position for problem in self.problems}
        for step in pipeline.steps.values():
            found = resolve_options(step, scope).problems
            self.problems.extend(problem for problem in found if problem.position not in complained)

    def _say(self, node: Node, key: str, message: str, remedy: str) -> None:
        child = node.value.get(key)
        self.problems.append(Problem(message, child.position if child else node.position, remedy))
