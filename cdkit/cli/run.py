"""`cdkit run`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import click

from cdkit.cli.approval import must_be_approved
from cdkit.cli.arguments import pipeline_options
from cdkit.cli.conduct import conduct
from cdkit.cli.continuation import Choice, Continuation, choice_options, continue_with
from cdkit.cli.display import Display, display_options, stage
from cdkit.cli.native import Native
from cdkit.cli.report_files import asked_for
from cdkit.cli.wiring import load_pipeline, new_run_id, open_session
from cdkit.engine.history import prune
from cdkit.engine.journal import JOURNAL, run_folder
from cdkit.pipeline.pipeline import Pipeline

DEFAULT_JOBS = 8


@click.command("run")
@pipeline_options
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=DEFAULT_JOBS, show_default=True, help="Steps at once."
)
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing; as `cdkit plan`.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="KIND=FILE",
    help="Write a report at the end: junit, markdown or dotenv; can be repeated.",
)
@choice_options
@click.option("--approve", "approved", default="", metavar="ENV", help="Agree to a run in this environment.")
@display_options
def command(
    file: str,
    environment: str,
    assignments: Sequence[str],
    jobs: int,
    *,
    dry_run: bool,
    reports: Sequence[str],
    choice: Choice,
    approved: str,
    display: Display,
) -> None:
    """Run the pipeline."""
    if dry_run:
        from cdkit.cli.plan import show_plan

        sys.exit(show_plan(file, environment, assignments, display.colour, choice))
    files = asked_for(reports)
    pipeline = load_pipeline(file, environment, assignments)
    must_be_approved(pipeline, approved)
    native = Native.here(pipeline.workspace, display.output)
    sys.exit(_run(pipeline, jobs, display, native.writing(files), continue_with(pipeline, choice)))


def _run(pipeline: Pipeline, jobs: int, display: Display, native: Native, continuation: Continuation) -> int:
    prune(pipeline.workspace, time.time())
    run_id = new_run_id()
    journal = run_folder(pipeline.workspace, run_id) / JOURNAL
    shown = stage(display, str(journal), native.dialect)
    session = open_session(pipeline, run_id, record=True, reporters=[shown.reporter, *native.reporters()])
    native.hide(session.secrets.values.values(), sys.stdout)
    code = conduct(session, jobs, shown, continuation)
    native.search(session)
    return code
