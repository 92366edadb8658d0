"""`--only`, `--from`, `--skip` and `--resume`: a part of a pipeline, or the rest of a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import msgspec

from cdkit.engine.history import PastRun, latest_run
from cdkit.engine.resume import Memory, read_key
from cdkit.engine.selection import Selection, select
from cdkit.errors import InvalidInput
from cdkit.pipeline.pipeline import Pipeline

LAST = "last"


class Choice(msgspec.Struct, frozen=True):
    """What the command line says.

    Attributes:
        only: the steps of --only.
        start: the step of --from.
        skip: the steps of --skip.
        resume: the run of --resume: its id, or `last`; empty to begin anew.
        at_exit: the step of --at-exit.
    """

    only: tuple[str, ...] = ()
    start: str = ""
    skip: tuple[str, ...] = ()
    resume: str = ""
    at_exit: str = ""


class Continuation(msgspec.Struct, frozen=True):
    """Which steps run, and what they can take over."""

    selection: Selection = Selection()
    past: PastRun | None = None

    def memory(self, workspace: Path) -> Memory:
        """What the steps of the new run can be told of the past one."""
        return Memory(self.past, self.selection.taken_over, read_key(workspace))


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the four options; it gets them as one `choice`."""

    @click.option("--only", multiple=True, metavar="STEP", help="Run this step and what it needs; can be repeated.")
    @click.option(
        "--from", "start", default="", metavar="STEP", help="Begin here; what is before comes from the last run."
    )
    @click.option("--skip", multiple=True, metavar="STEP", help="Leave this step out; can be repeated.")
    @click.option(
        "--resume", is_flag=False, flag_value=LAST, default="", metavar="[RUN]", help="Go on with the last run, or RUN."
    )
    @wraps(command)
    def with_choice(
        *arguments: Any, only: tuple[str, ...], start: str, skip: tuple[str, ...], resume: str, **options: Any
    ) -> Any:
        return command(*arguments, choice=Choice(only, start, skip, resume), **options)

    return with_choice


def continue_with(pipeline: Pipeline, choice: Choice) -> Continuation:
    """Find the steps and the past run that are meant.

    Raises:
        InvalidInput: there is no such step or run, or the past run has not what is needed.
    """
    selection = select(pipeline.steps, only=choice.only, start=choice.start, skip=choice.skip, at_exit=choice.at_exit)
    if not choice.resume and not selection.taken_over:
        return Continuation(selection)
    past = _past_run(pipeline, "" if choice.resume in {"", LAST} else choice.resume)
    _must_have_results(past, selection)
    return Continuation(selection, past)


def _past_run(pipeline: Pipeline, run_id: str) -> PastRun:
    past = latest_run(pipeline.workspace, run_id, pipeline="" if run_id else pipeline.name)
    if past is None:
        what = f"no run {run_id!r}" if run_id else "no run to go on with"
        raise InvalidInput(f"There is {what} in {pipeline.workspace}.", remedy="`cdkit runs` lists them.")
    if past.started.pipeline != pipeline.name:
        message = f"The run {past.id} was of the pipeline {past.started.pipeline!r}, not of {pipeline.name!r}."
        raise InvalidInput(message, remedy="Name a run of this pipeline; `cdkit runs` lists them.")
    return past


def _must_have_results(past: PastRun, selection: Selection) -> None:
    unfinished = [
        name for name in selection.taken_over if name not in past.results or past.results[name].status != "succeeded"
    ]
    if unfinished:
        names = ", ".join(sorted(unfinished))
        message = f"Nothing can be taken over from run {past.id} for {names}: not finished there."
        raise InvalidInput(message, remedy="Begin with an earlier step, or run the whole pipeline.")
