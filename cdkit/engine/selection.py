"""Which steps of a pipeline were chosen on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from cdkit.errors import InvalidInput
from cdkit.pipeline.pipeline import PipelineStep
from cdkit.pipeline.suggest import did_you_mean


class Selection(msgspec.Struct, frozen=True):
    """Why steps are left out, by name; a step that is not among them runs.

    Attributes:
        reasons: the reasons.
        taken_over: the steps whose results come from the last run: those before `--from`.
    """

    reasons: dict[str, str] = {}
    taken_over: frozenset[str] = frozenset()

    def left_out(self, step: PipelineStep) -> str:
        """Why a step does not run; empty when it does."""
        return self.reasons.get(step.name, "")

    def taken_over_reason(self, step: PipelineStep) -> str:
        """What to say of a step whose result comes from the last run; empty for any other."""
        return "its result is taken over from the last run" if step.name in self.taken_over else ""

    def holds_up(self, step: PipelineStep, need: str) -> bool:
        """Whether `step` cannot run because `need`, on which it depends, does not.

        One that was left out holds up only who reads its outputs; one that is taken over holds up nobody.
        """
        if need in self.taken_over:
            return False
        return need not in self.reasons or need in step.reads


def select(
    steps: Mapping[str, PipelineStep],
    *,
    only: Iterable[str] = (),
    start: str = "",
    skip: Iterable[str] = (),
    at_exit: str = "",
) -> Selection:
    """The selection that `--only`, `--from`, `--skip` and `--at-exit` make. Steps under `finally` run in any case.

    Args:
        steps: all steps, in an order in which they can run.
        only: run these, and what they depend on.
        start: run this one and all that depends on it; what stands before it is taken over from the last run.
        skip: leave these out. A step that reads what one of them hands on cannot run then; one that only follows can.
        at_exit: leave this one out: it runs when all is over.

    Raises:
        InvalidInput: there is no such step.
    """
    chosen = {name for given in only for name in _runs_of(steps, given, "--only")}
    skipped = {name for given in skip for name in _runs_of(steps, given, "--skip")}
    last = set(_runs_of(steps, at_exit, "--at-exit")) if at_exit else set()
    wanted = _with_needs(steps, chosen) if chosen else set(steps)
    behind = _with_followers(steps, set(_runs_of(steps, start, "--from"))) if start else set(steps)
    reasons = {name: "it is not among those of --only" for name in steps if name not in wanted}
    reasons |= dict.fromkeys(skipped, "--skip leaves it out")
    reasons |= dict.fromkeys(last, "--at-exit runs it at the end")
    taken_over = frozenset(name for name in wanted if name not in behind) - skipped
    final = {name for name, step in steps.items() if step.is_final} - skipped - last
    return Selection({name: why for name, why in reasons.items() if name not in final}, taken_over - final)


def _runs_of(steps: Mapping[str, PipelineStep], name: str, option: str) -> list[str]:
    """The runs of a step: more than one for a step with a matrix, which can be named as a whole."""
    runs = [step.name for step in steps.values() if name in (step.name, step.group)]
    if not runs:
        names = {step.group or step.name for step in steps.values()}
        raise InvalidInput(f"{option}: there is no step {name!r}.", remedy=did_you_mean(name, names))
    return runs


def _with_needs(steps: Mapping[str, PipelineStep], chosen: set[str]) -> set[str]:
    found = set(chosen)
    for name in reversed(list(steps)):
        if name in found:
            found |= set(steps[name].depends_on)
    return found


def _with_followers(steps: Mapping[str, PipelineStep], chosen: set[str]) -> set[str]:
    found = set(chosen)
    for name, step in steps.items():
        if found & set(step.depends_on):
            found.add(name)
    return found
