"""Reads a pipeline file and finds everything that is wrong with it at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from cdkit.errors import InvalidInput
from cdkit.models.environment import Environment
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.decode import decode, salvage
from cdkit.pipeline.defaults import DEFAULTS, SECTIONS, apply_defaults
from cdkit.pipeline.document import Node
from cdkit.pipeline.expressions import has_expression
from cdkit.pipeline.graph import DependencyCycle, order
from cdkit.pipeline.include import read_pipeline
from cdkit.pipeline.matrix import combinations
from cdkit.pipeline.model import Choices, EnvironmentSpec, PipelineSpec, StepSpec
from cdkit.pipeline.pipeline import Pipeline, PipelineStep, resolve_options
from cdkit.pipeline.references import Names, check_reference, read_references
from cdkit.pipeline.step_checks import check_defaults, check_literals, check_secret, check_step
from cdkit.pipeline.suggest import did_you_mean
from cdkit.step import Step


def load(path: str, kinds: Mapping[str, type[Step]], choices: Choices | None = None) -> Pipeline:
    """Read and validate a pipeline file.

    Args:
        path: the file's path.
        kinds: the known kinds of steps by name.
        choices: what the command line says.

    Raises:
        InvalidInput: with every problem of the file, in the order of the file.
    """
    problems: list[Problem] = []
    root = read_pipeline(path, problems)
    return load_document(root, path, kinds, choices, problems)


def load_document(
    document: Node,
    path: str,
    kinds: Mapping[str, type[Step]],
    choices: Choices | None = None,
    problems: list[Problem] | None = None,
) -> Pipeline:
    """Validate a pipeline that was read already, and was found to have these problems; as `load` in all else."""
    problems = [] if problems is None else problems
    root = apply_defaults(document)
    spec = decode(root, PipelineSpec, problems)
    if not isinstance(root.value, dict):
        raise _invalid(path, problems)
    loader = _Loader(path, root, spec or salvage(root, PipelineSpec), kinds, choices or Choices(), problems)
    pipeline = loader.load()
    if loader.problems:
        raise _invalid(path, loader.problems)
    return pipeline


_SECTION_NAMES = {"steps": "this file", "finally": "`finally`"}
_READABLE = {"steps": ("steps",), "finally": ("steps", "finally")}


def _invalid(path: str, problems: Sequence[Problem]) -> InvalidInput:
    unique = dict.fromkeys(problems)
    ordered = sorted(unique, key=lambda problem: problem.position or Position(path, 0, 0))
    count = "one problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    return InvalidInput(f"{path} has {count}.", problems=ordered)


class _Loader:
    """One reading of one file; collects problems on the way."""

    def __init__(
        self,
        path: str,
        root: Node,
        spec: PipelineSpec,
        kinds: Mapping[str, type[Step]],
        choices: Choices,
        problems: list[Problem],
    ) -> None:
        self.path = path
        self.root = root
        self.spec = spec
        self.kinds = kinds
        self.choices = choices
        self.problems = problems
        self.reads: dict[str, set[str]] = defaultdict(set)
        self._places = {key: {name: place for place, name in enumerate(self._children(key))} for key in SECTIONS}

    def load(self) -> Pipeline:
        """The pipeline; valid when no problems were collected."""
        environment, chosen = self._environment()
        variables = self.spec.vars | chosen.vars | self.choices.overrides
        self._check_overrides()
        self._check_plain()
        self._check_secrets()
        if self._children(DEFAULTS):
            self.problems.extend(check_defaults(self.spec.defaults, self.root.value[DEFAULTS]))
        sections = [
            self._section("steps", self.spec.steps, self._names("steps", variables)),
            self._section("finally", self.spec.finally_, self._names("finally", variables)),
        ]
        steps = {step.name: step for section in sections for step in section}
        pipeline = Pipeline(
            self.spec.name,
            self.path,
            Path(self.path).resolve().parent,
            steps,
            variables,
            self.spec.secrets,
            environment,
            chosen.approval,
            _groups(steps.values()),
        )
        self._check_options(pipeline)
        return pipeline

    def _environment(self) -> tuple[Environment, EnvironmentSpec]:
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
        return Environment(name, chosen.context, chosen.namespace, chosen.patience), chosen

    def _names(self, section: str, variables: Mapping[str, Node]) -> Names:
        """What expressions of a section may name. A step or a secret with a mistake in it is there all the same.

        Steps under `finally` may read what the others handed on, and not the other way round.
        """
        readable = {name: None for key in _READABLE[section] for name in self._children(key)}
        specs = self.spec.steps | (self.spec.finally_ if section == "finally" else {})
        kinds = {name: self.kinds.get(spec.uses) for name, spec in specs.items()}
        return Names(frozenset(variables), frozenset(self._children("secrets")), {**readable, **kinds})

    def _section(self, section: str, specs: Mapping[str, StepSpec], names: Names) -> list[PipelineStep]:
        """The steps of a section in an order in which they can run, a step with a matrix once for each combination."""
        dependencies = {name: self._dependencies(section, name, spec, names) for name, spec in specs.items()}
        found: dict[str, list[PipelineStep]] = {}
        for name in self._order(section, dependencies):
            kind = self._checked_kind(section, name, specs[name])
            if kind is not None:
                found[name] = self._runs(
                    section, name, kind, {need: found.get(need, []) for need in dependencies[name]}
                )
        return [step for steps in found.values() for step in steps]

    def _runs(
        self, section: str, name: str, kind: type[Step], needs: Mapping[str, Sequence[PipelineStep]]
    ) -> list[PipelineStep]:
        spec = getattr(self.spec, "finally_" if section == "finally" else "steps")[name]
        position = self.root.value[section].keys[name]
        depends_on = tuple(step.name for runs in needs.values() for step in runs)
        reads = {step.name for need in self.reads[name] if need in needs for step in needs[need]}
        return [
            PipelineStep(
                run.name,
                kind,
                spec,
                position,
                depends_on,
                group=name if spec.matrix else "",
                values=run.values,
                is_final=section == "finally",
                reads=frozenset(reads),
            )
            for run in combinations(name, spec.matrix)
        ]

    def _children(self, key: str) -> Mapping[str, Node]:
        node = self.root.value.get(key)
        return node.value if node is not None and isinstance(node.value, dict) else {}

    def _check_overrides(self) -> None:
        known = {*self.spec.vars, *(name for place in self.spec.environments.values() for name in place.vars)}
        for name in self.choices.overrides:
            if name not in known:
                message = f"--set: the file has no variable {name!r}."
                self.problems.append(Problem(message, None, did_you_mean(name, known)))

    def _check_plain(self) -> None:
        """Outside of `with`, `when` and `env` nothing is evaluated; an expression there would be taken for text."""
        nodes = [node for key, node in self.root.value.items() if key not in {*SECTIONS, DEFAULTS}]
        nodes += [node for key, node in self._children(DEFAULTS).items() if key != "env"]
        nodes += [
            node
            for section in SECTIONS
            for step in self._children(section).values()
            if isinstance(step.value, dict)
            for key, node in step.value.items()
            if key not in {"with", "when", "env"}
        ]
        complained = {problem.position for problem in self.problems}
        for leaf in (leaf for node in (*nodes, *self.choices.overrides.values()) for leaf in node.scalars()):
            if has_expression(leaf.text) and leaf.position not in complained:
                self.problems.append(Problem("Here stands a plain value, not an expression.", leaf.position))

    def _check_secrets(self) -> None:
        for name, source in self.spec.secrets.items():
            self.problems.extend(check_secret(name, source, self._children("secrets")[name]))

    def _checked_kind(self, section: str, name: str, spec: StepSpec) -> type[Step] | None:
        """The class of a step, after a look at what can be wrong with the step by itself."""
        node = self.root.value[section].value[name]
        self.problems.extend(check_step(name, spec, self.root.value[section].keys[name], node))
        kind = self.kinds.get(spec.uses)
        if kind is not None:
            self.problems.extend(check_literals(spec, kind))
        elif spec.uses and not has_expression(spec.uses):
            self._say(node, "uses", f"There is no step {spec.uses!r}.", did_you_mean(spec.uses, self.kinds))
        return kind

    def _dependencies(self, section: str, name: str, spec: StepSpec, names: Names) -> tuple[str, ...]:
        """The steps of the same section that must have succeeded before, in the order of the file."""
        siblings = self._places[section].keys()
        found: set[str] = set()
        for index, need in enumerate(spec.needs):
            leaf = self._children(section)[name].value["needs"].value[index]
            if need == name:
                self.problems.append(Problem(f"{name!r} needs itself.", leaf.position))
            elif need in siblings:
                found.add(need)
            elif not has_expression(need):
                message = f"{name!r} needs {need!r}, which is not a step of {_SECTION_NAMES[section]}."
                self.problems.append(Problem(message, leaf.position, did_you_mean(need, siblings - {name})))
        places = [place for place in (spec.options, spec.when, *spec.env.values()) if place is not None]
        own = msgspec.structs.replace(names, matrix=frozenset(spec.matrix))
        for leaf, reference in read_references(places, self.problems):
            problem = check_reference(leaf, reference, own, name)
            if problem:
                self.problems.append(problem)
            elif reference.path[0] == "steps":
                self.reads[name].add(reference.path[1])
        return tuple(sorted((found | self.reads[name]) & siblings, key=self._places[section].__getitem__))

    def _order(self, section: str, dependencies: Mapping[str, tuple[str, ...]]) -> list[str]:
        """The names in an order in which they can run; every cycle is a problem, and is cut open to find the next."""
        needs = dict(dependencies)
        while True:
            try:
                return order(needs)
            except DependencyCycle as cycle:
                first, second = cycle.names[:2]
                message = f"These steps wait for each other: {cycle}."
                self.problems.append(Problem(message, self.root.value[section].keys[first]))
                needs[first] = tuple(need for need in needs[first] if need != second)

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


def _groups(steps: Iterable[PipelineStep]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for step in steps:
        if step.group:
            found.setdefault(step.group, []).append(step.name)
    return {group: tuple(names) for group, names in found.items()}
