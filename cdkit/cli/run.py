"""`cdkit run`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.approval import must_be_approved
from cdkit.cli.arguments import jobs_option, pipeline_options
from cdkit.cli.conduct import conduct
from cdkit.cli.continuation import Choice, choice_options, continue_with
from cdkit.cli.display import Display, display_options
from cdkit.cli.native import Native
from cdkit.cli.recorded_run import open_run
from cdkit.cli.report_files import asked_for
from cdkit.cli.wiring import load_pipeline


@click.command("run")
@pipeline_options
@jobs_option
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing; as `cdkit plan`.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="KIND=FILE",
    help="Write a report at the end: html, junit, markdown or dotenv; can be repeated.",
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
    native = Native.here(pipeline.workspace, display.output).writing(files)
    continuation = continue_with(pipeline, choice)
    run = open_run(pipeline, display, native)
    code = conduct(run.session, jobs, run.stage, continuation)
    native.search(run.session)
    sys.exit(code)
