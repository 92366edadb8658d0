"""`cdkit plan`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.arguments import pipeline_options
from cdkit.cli.continuation import Choice, choice_options, continue_with
from cdkit.cli.display import colour_option
from cdkit.cli.signals import interruptions
from cdkit.cli.terminal import style_of
from cdkit.cli.wiring import load_pipeline, new_run_id, open_session
from cdkit.engine.lookahead import missing_secrets, preview
from cdkit.engine.messages import Messages
from cdkit.errors import CheckFailed
from cdkit.flow.clock import Inbox
from cdkit.report.preview import preview_lines


@click.command("plan")
@pipeline_options
@choice_options
@colour_option
def command(file: str, environment: str, assignments: Sequence[str], *, choice: Choice, colour: bool | None) -> None:
    """Tell what a run would change, without changing anything.

    Works without an engine, a registry or a cluster too, and says then what it could not ask.
    """
    sys.exit(show_plan(file, environment, assignments, colour, choice))


def show_plan(file: str, environment: str, assignments: Sequence[str], colour: bool | None, choice: Choice) -> int:
    """Print the plan; the exit code is 0, or that of a check when the run is bound to fail.

    Args:
        file: the pipeline file.
        environment: the name of the environment; empty for none.
        assignments: variables from the command line.
        colour: with colours or without; None leaves it to the terminal.
        choice: which steps.
    """
    pipeline = load_pipeline(file, environment, assignments)
    selection = continue_with(pipeline, choice).selection
    session = open_session(pipeline, new_run_id(), record=False, reporters=[])
    inbox: Messages = Inbox()
    with interruptions(inbox):
        steps = preview(session, inbox, selection)
    for line in preview_lines(steps, style_of(sys.stdout, colour)):
        sys.stdout.write(f"{session.redacted(line)}\n")
    for problem in missing_secrets(session, steps):
        sys.stdout.write(f"A run would need more: {problem}\n")
    doomed = any(step.problems or (step.error and not step.changes) for step in steps)
    return CheckFailed.exit_code if doomed else 0
