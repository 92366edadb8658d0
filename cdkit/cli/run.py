"""`cdkit run`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit import __version__
from cdkit.cli.arguments import pipeline_options
from cdkit.cli.signals import interruptions
from cdkit.cli.terminal import style_of
from cdkit.cli.wiring import load_pipeline, new_run_id, open_session
from cdkit.engine.execute import execute
from cdkit.engine.journal import run_folder
from cdkit.engine.lookahead import check
from cdkit.engine.messages import Messages
from cdkit.engine.perform import failure_of
from cdkit.engine.session import Session
from cdkit.engine.stream import Reporter
from cdkit.errors import CdkitError
from cdkit.flow.clock import Inbox, measured
from cdkit.models.event import RunFinished, RunStarted
from cdkit.pipeline.pipeline import Pipeline

DEFAULT_JOBS = 8


@click.command("run")
@pipeline_options
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=DEFAULT_JOBS, show_default=True, help="Steps at once."
)
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing; as `cdkit plan`.")
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Text, or events as JSON lines."
)
def command(
    file: str, environment: str, assignments: Sequence[str], jobs: int, *, dry_run: bool, output: str
) -> None:
    """Run the pipeline."""
    if dry_run:
        from cdkit.cli.plan import show_plan

        sys.exit(show_plan(file, environment, assignments))
    pipeline = load_pipeline(file, environment, assignments)
    sys.exit(_run(pipeline, jobs, output))


def _run(pipeline: Pipeline, jobs: int, output: str) -> int:
    run_id = new_run_id()
    session = open_session(pipeline, run_id, record=True, reporters=[_reporter(pipeline, run_id, output)])
    inbox: Messages = Inbox()
    with interruptions(inbox):
        session.emit(
            RunStarted(
                run_id=run_id,
                pipeline=pipeline.name,
                version=__version__,
                steps=tuple(pipeline.steps),
                environment=pipeline.environment.name,
            )
        )
        return _check_and_execute(session, inbox, jobs)


def _check_and_execute(session: Session, inbox: Messages, jobs: int) -> int:
    seconds = measured(session.clock)
    try:
        check(session, inbox)
    except CdkitError as error:
        session.emit(RunFinished(exit_code=error.code, seconds=seconds(), failure=failure_of(error)))
        return error.code
    return execute(session, inbox, jobs=jobs).exit_code


def _reporter(pipeline: Pipeline, run_id: str, output: str) -> Reporter:
    if output == "json":
        from cdkit.report.json_lines import JsonLines

        return JsonLines(sys.stdout)
    from cdkit.report.console import Console

    journal = run_folder(pipeline.workspace, run_id) / "events.jsonl"
    return Console(sys.stdout, style_of(sys.stdout), str(journal))
