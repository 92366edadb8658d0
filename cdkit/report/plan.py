"""A plan as data: what `cdkit plan` found, to be written in any form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from cdkit.errors import CdkitError
from cdkit.models.change import Action, Change
from cdkit.models.problem import Problem

CHANGING: frozenset[Action] = frozenset({"create", "update", "replace", "delete", "push", "unknown"})
"""What leaves something else than it found. A command, a build and files for later steps are the way there."""


class PreviewedStep(Protocol):
    """One step of a preview, as `cdkit.engine.lookahead` gives it."""

    @property
    def step(self) -> str:
        """The step's name."""
        ...

    @property
    def uses(self) -> str:
        """Its kind."""
        ...

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it would change."""
        ...

    @property
    def skipped(self) -> str:
        """Why it would not run."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What would make it fail."""
        ...

    @property
    def error(self) -> CdkitError | None:
        """Why it could not be asked."""
        ...


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """What one step would do.

    Attributes:
        step: its name.
        uses: its kind.
        changes: what it would change.
        skipped: why it would not run; empty when it would.
        problems: what would make it fail.
        error: why it could not be asked; empty when it could.
    """

    step: str
    uses: str
    changes: tuple[Change, ...] = ()
    skipped: str = ""
    problems: tuple[str, ...] = ()
    error: str = ""

    @property
    def is_unanswered(self) -> bool:
        """Whether its world did not answer, so that nobody knows what it would do."""
        return bool(self.error and self.changes)

    @property
    def failures(self) -> tuple[str, ...]:
        """What would make it fail, beside the changes that would be refused."""
        return (*((self.error,) if self.error and not self.changes else ()), *self.problems)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would do.

    Attributes:
        pipeline: the pipeline's name.
        environment: the environment's name; empty for none.
        steps: in the order of the run.
        missing: what a run would need more: secrets that have no value here.
    """

    pipeline: str
    environment: str
    steps: tuple[PlannedStep, ...]
    missing: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Action, int]:
        """How many changes of each kind there are."""
        return Counter(change.action for step in self.steps for change in step.changes)

    @property
    def is_doomed(self) -> bool:
        """Whether a run is bound to fail."""
        return bool(self.counts.get("refused")) or any(step.failures for step in self.steps)

    @property
    def is_unanswered(self) -> bool:
        """Whether a part of the world did not answer."""
        return any(step.is_unanswered for step in self.steps)

    @property
    def changes_something(self) -> bool:
        """Whether anything would be left otherwise than it was found, as far as that is known."""
        return any(self.counts.get(action) for action in CHANGING)


def plan_of(pipeline: str, environment: str, steps: Sequence[PreviewedStep], missing: Sequence[Problem]) -> Plan:
    """The plan that a preview of the steps makes."""
    planned = [
        PlannedStep(
            step=step.step,
            uses=step.uses,
            changes=step.changes,
            skipped=step.skipped,
            problems=tuple("\n".join((str(problem), *problem.paste)) for problem in step.problems),
            error=step.error.message if step.error is not None else "",
        )
        for step in steps
    ]
    return Plan(pipeline=pipeline, environment=environment, steps=tuple(planned), missing=tuple(map(str, missing)))


def plan_json(plan: Plan) -> str:
    """The plan for programs: one JSON object, with `counts` of the actions and whether it `changes` something."""
    fields = msgspec.structs.asdict(plan)
    whole = {**fields, "counts": dict(sorted(plan.counts.items())), "changes": plan.changes_something}
    return msgspec.json.format(msgspec.json.encode(whole)).decode()
