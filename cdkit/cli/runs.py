"""`cdkit runs`: past runs, as their journals tell of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from msgspec.structs import replace

from cdkit.cli.arguments import DEFAULT_FILE
from cdkit.cli.display import colour_option, take_any_text
from cdkit.cli.native import Native, dialect_of, server_name
from cdkit.cli.terminal import style_of
from cdkit.engine.history import PastRun, is_at_work, latest_run, read_events, read_run, run_folders
from cdkit.engine.journal import JOURNAL
from cdkit.errors import InvalidInput
from cdkit.models.event import AnyEvent, RunStarted, StepOutput, StepStarted
from cdkit.models.result import Status, StepResult
from cdkit.pipeline.suggest import did_you_mean
from cdkit.report.json_lines import harmless_json
from cdkit.report.past_runs import RunStory, RunSummary, StepStory, Unfinished, story_lines, summary_lines
from cdkit.report.wording import Wording

Command = TypeVar("Command", bound=Callable[..., Any])
_CANCELLED = frozenset({130, 143})

_file = click.option(
    "-f",
    "--file",
    default=DEFAULT_FILE,
    show_default=True,
    metavar="FILE",
    help="The pipeline file whose runs are meant.",
)
_output = click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON.")
_run_id = click.argument("run_id", metavar="[RUN]", default="")


class _ListByDefault(click.Group):
    """Without a command of its own, `cdkit runs` is `cdkit runs list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asks_help = bool(args) and args[0] in ctx.help_option_names
        if not asks_help and (not args or args[0].startswith("-")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("runs", cls=_ListByDefault)
def command() -> None:
    """Show past runs: a list of them, one with all its steps, or what its steps printed."""
    take_any_text(sys.stdout)


@command.command("list")
@_file
@_output
@colour_option
def show_list(file: str, output: str, *, colour: bool | None) -> None:
    """List the runs, the newest first."""
    workspace = _workspace(file)
    runs = [_summary(run) for run in _all_runs(workspace)]
    style = style_of(sys.stdout, colour)
    if output == "json":
        _write_json(runs)
    elif runs:
        _show(summary_lines(runs, style))
    else:
        _show([f"There are no runs in {style.harmless(str(workspace))}."])


@command.command("show")
@_run_id
@_file
@_output
@colour_option
def show_one(run_id: str, file: str, output: str, *, colour: bool | None) -> None:
    """Show RUN with its steps and its failures; the last run when RUN is left out."""
    story = _story(_past_run(file, run_id))
    if output == "json":
        _write_json(story)
    else:
        _show(story_lines(story, style_of(sys.stdout, colour)))


@command.command("logs")
@_run_id
@_file
@click.option("--step", default="", metavar="STEP", help="Only what this step printed.")
@colour_option
def show_logs(run_id: str, file: str, step: str, *, colour: bool | None) -> None:
    """Show what the steps of RUN printed, as the console did; the last run when RUN is left out."""
    run = _past_run(file, run_id)
    if step and step not in run.started.steps:
        message = f"The run {run.id} has no step {step!r}."
        raise InvalidInput(message, remedy=did_you_mean(step, run.started.steps))
    _show(_printed(read_events(run.folder), Wording(style_of(sys.stdout, colour)), step))


def _workspace(file: str) -> Path:
    return Path(file).resolve().parent


def _all_runs(workspace: Path) -> Iterator[PastRun]:
    for folder in reversed(run_folders(workspace)):
        # A run that begins just now removes the oldest ones.
        with suppress(FileNotFoundError):
            run = read_run(folder)
            if run is not None:
                yield run


def _past_run(file: str, run_id: str) -> PastRun:
    """The run that is meant.

    Raises:
        InvalidInput: there is no such run, or its journal says nothing.
    """
    workspace = _workspace(file)
    run = latest_run(workspace, run_id)
    if run is None:
        what = f"no run {run_id!r} that can be read" if run_id else "no run"
        known = [folder.name for folder in run_folders(workspace)]
        remedy = did_you_mean(run_id, known) if run_id and known else "`cdkit run` makes one."
        raise InvalidInput(f"There is {what} in {workspace}.", remedy=remedy)
    return run


def _printed(events: Iterable[AnyEvent], wording: Wording, step: str) -> Iterator[str]:
    """The lines of one step, or of all: as wide as the console made them, for which it needs the steps' names."""
    for event in events:
        if isinstance(event, RunStarted):
            wording.lines(event)
        elif isinstance(event, StepOutput) and step in ("", event.step):
            # A run knows its steps; what stands in a file may be anything.
            yield from wording.lines(replace(event, step=wording.style.harmless(event.step)))


def _summary(run: PastRun) -> RunSummary:
    finished = run.finished
    return RunSummary(
        id=run.id,
        pipeline=run.started.pipeline,
        environment=run.started.environment,
        began=_moment(run.started.time),
        seconds=finished.seconds if finished else None,
        result=_ended(finished.exit_code) if finished else _unfinished(run),
        exit_code=finished.exit_code if finished else None,
        commit=run.build.commit if run.build else "",
        failed=tuple(
            name for name, result in run.results.items() if result.status == "failed" and not result.tolerated
        ),
        failure=finished.failure if finished else None,
    )


def _story(run: PastRun) -> RunStory:
    starts = {event.step: event for event in read_events(run.folder) if isinstance(event, StepStarted)}
    names = dict.fromkeys([*run.started.steps, *starts, *run.results])
    steps = tuple(_step(name, starts.get(name), run) for name in names)
    return RunStory(run=_summary(run), steps=steps, record=str(run.folder / JOURNAL), build=run.build)


def _step(name: str, start: StepStarted | None, run: PastRun) -> StepStory:
    result = run.results.get(name)
    uses, began = (start.uses, _moment(start.time)) if start else ("", None)
    tests = run.tests.get(name)
    if result is None:
        status = _unfinished(run) if start else "not started"
        return StepStory(name=name, status=status, uses=uses, began=began, tests=tests)
    return StepStory(
        name=name,
        status=result.status,
        uses=uses,
        began=began,
        seconds=_seconds(result),
        outputs=result.outputs,
        reason=result.reason,
        failure=result.failure,
        tolerated=result.tolerated,
        tests=tests,
    )


def _seconds(result: StepResult) -> float | None:
    return None if result.status == "skipped" else result.seconds


def _ended(exit_code: int) -> Status:
    if exit_code == 0:
        return "succeeded"
    return "cancelled" if exit_code in _CANCELLED else "failed"


def _unfinished(run: PastRun) -> Unfinished:
    """What is not at its end is at work still; or nobody will ever end it, for the run was killed."""
    return "running" if run.finished is None and is_at_work(run.folder) else "not finished"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _write_json(value: object) -> None:
    sys.stdout.write(f"{harmless_json(msgspec.json.format(msgspec.json.encode(value), indent=2))}\n")


def _show(lines: Iterable[str]) -> None:
    """Write lines with somebody else's words, which are no commands of the build server that runs us."""
    sys.stdout.writelines(f"{line}\n" for line in Native(dialect_of(server_name())).shielded(lines))
