"""`cdkit plan`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.arguments import pipeline_options
from cdkit.cli.continuation import Choice, choice_options, continue_with
from cdkit.cli.display import colour_option, take_any_text
from cdkit.cli.signals import interruptions
from cdkit.cli.terminal import style_of
from cdkit.cli.wiring import load_pipeline, new_run_id, open_session
from cdkit.engine.lookahead import missing_secrets, preview
from cdkit.engine.messages import Messages
from cdkit.errors import CheckFailed, Unavailable
from cdkit.flow.clock import Inbox
from cdkit.report.plan import Plan, plan_json, plan_of
from cdkit.report.preview import preview_lines

WOULD_CHANGE = 1
"""As `diff` ends where there is a difference. Nothing else in planning ends so: a plan does nobody's work."""


@click.command("plan")
@pipeline_options
@choice_options
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="Text, JSON, or Markdown for a pull request.",
)
@click.option(
    "--exit-code", is_flag=True, help="End with 0 where nothing would change, and with 1 where something would."
)
@colour_option
def command(
    file: str,
    environment: str,
    assignments: Sequence[str],
    *,
    choice: Choice,
    output: str,
    exit_code: bool,
    colour: bool | None,
) -> None:
    """Tell what a run would change, without changing anything.

    Works without an engine, a registry or a cluster too, and says then what it could not ask.
    """
    plan = _make_plan(file, environment, assignments, choice)
    _show(plan, output, colour)
    sys.exit(_exit_code(plan, tells_difference=exit_code))


def show_plan(file: str, environment: str, assignments: Sequence[str], colour: bool | None, choice: Choice) -> int:
    """Print the plan; the exit code is 0, or that of a check when the run is bound to fail.

    Args:
        file: the pipeline file.
        environment: the name of the environment; empty for none.
        assignments: variables from the command line.
        colour: with colours or without; None leaves it to the terminal.
        choice: which steps.
    """
    plan = _make_plan(file, environment, assignments, choice)
    _show(plan, "text", colour)
    return _exit_code(plan, tells_difference=False)


def _make_plan(file: str, environment: str, assignments: Sequence[str], choice: Choice) -> Plan:
    """What the steps would do, without secrets."""
    pipeline = load_pipeline(file, environment, assignments)
    selection = continue_with(pipeline, choice).selection
    session = open_session(pipeline, new_run_id(), record=False, reporters=[])
    inbox: Messages = Inbox()
    with interruptions(inbox):
        steps = preview(session, inbox, selection)
    plan = plan_of(pipeline.name, pipeline.environment.name, steps, missing_secrets(session, steps))
    return session.without_secrets(plan)


def _show(plan: Plan, output: str, colour: bool | None) -> None:
    take_any_text(sys.stdout)
    if output == "json":
        sys.stdout.write(f"{plan_json(plan)}\n")
    elif output == "markdown":
        from cdkit.report.plan_markdown import plan_markdown

        sys.stdout.write(plan_markdown(plan))
    else:
        sys.stdout.writelines(f"{line}\n" for line in preview_lines(plan, style_of(sys.stdout, colour)))


def _exit_code(plan: Plan, *, tells_difference: bool) -> int:
    """That of a check where the run is bound to fail; else 0, or whether something would change as `diff` says it."""
    if plan.is_doomed:
        return CheckFailed.exit_code
    if not tells_difference:
        return 0
    if plan.is_unanswered:
        return Unavailable.exit_code
    return WOULD_CHANGE if plan.changes_something else 0
