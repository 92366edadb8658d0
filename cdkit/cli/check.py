"""`cdkit check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.arguments import pipeline_options
from cdkit.cli.conduct import conduct_check
from cdkit.cli.display import Display, colour_option, stage
from cdkit.cli.wiring import load_pipeline, new_run_id, open_session


@click.command("check")
@pipeline_options
@colour_option
def command(file: str, environment: str, assignments: Sequence[str], *, colour: bool | None) -> None:
    """Ask every step whether it could work, and run none.

    A run asks the same before it begins. The exit codes are those of a run.
    """
    pipeline = load_pipeline(file, environment, assignments)
    shown = stage(Display(colour=colour))
    session = open_session(pipeline, new_run_id(), record=False, reporters=[shown.reporter])
    code = conduct_check(session, shown)
    if code == 0:
        count = len(pipeline.steps)
        whose = "the step" if count == 1 else f"all {count} steps"
        sys.stdout.write(f"{file}: {whose} can work, as far as can be known before a run.\n")
    sys.exit(code)
