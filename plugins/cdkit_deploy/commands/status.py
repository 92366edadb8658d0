"""`cdkit status`."""

from __future__ import annotations

from collections.abc import Iterator

import click
import msgspec

from cdkit.api import Cell, Change, Colour, CommandContext
from cdkit_deploy.commands.wording import COLOURS, age, origin
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.state import State, Workload, read_state

NOT_WELL = 1
"""As `diff` ends where there is a difference."""

LONGEST_VALUE = 120
"""Characters of a value that are shown."""

_STATES: dict[str, Colour] = {"ready": "green", "progressing": "yellow", "failed": "red", "gone": "red"}


@click.command("status")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON.")
def command(project: CommandContext, output: str) -> int:
    """Tell what is deployed of the application in an environment, and whether it is well.

    Ends with 0 when the last deployment is verified, all workloads are ready, and nothing was changed since; else
    with 1.
    """
    state = read_state(project.ctx)
    if output == "json":
        project.say_json({**msgspec.structs.asdict(state), "is_well": state.is_well})
    else:
        _tell(project, state)
    return 0 if state.is_well else NOT_WELL


def _tell(project: CommandContext, state: State) -> None:
    now = project.ctx.clock.now()
    where = f"{state.application} in {state.environment}" if state.environment else state.application
    project.say(f"{project.paint(where, 'bold')}, namespace {state.namespace}")
    if state.deployed is not None:
        project.say(f"  deployed  {_record_line(project, state.deployed, now)}")
    else:
        project.say("  deployed  nothing that was verified")
    if state.last is not None:
        project.say(f"  last      {_record_line(project, state.last, now)}", *_cause_lines(state.last))
    if state.holder is not None:
        project.say(f"  now       {state.holder} deploys")
    for reason in state.unknown:
        project.say(f"  {project.paint('could not ask', 'yellow')}  {reason}")
    if state.workloads:
        project.say("")
        project.say_table(("WORKLOAD", "STATE", "HOW FAR", "WHY"), [_row(workload) for workload in state.workloads])
    if state.drift:
        project.say("", "Changed since it was deployed (+ is what was deployed):")
        for change in state.drift:
            project.say(*_drift_lines(change))


def _record_line(project: CommandContext, record: Record, now: float) -> str:
    verdict = project.paint(record.verdict, COLOURS[record.verdict])
    old = age(record, now)
    return " ".join(
        filter(None, [f"revision {record.revision}, {verdict},", f"{old} ago" if old else "", origin(record)])
    )


def _cause_lines(record: Record) -> list[str]:
    return [f"            {record.cause}"] if record.cause else []


def _row(workload: Workload) -> list[Cell]:
    return [
        workload.name,
        (workload.state, _STATES[workload.state]),
        workload.summary,
        workload.causes[0] if workload.causes else "",
    ]


def _drift_lines(change: Change) -> Iterator[str]:
    if change.action == "create":
        yield f"  {change.subject} is gone"
        return
    yield f"  {change.subject}{f': {change.reason}' if change.reason else ''}"
    for field in change.fields:
        if field.before is not msgspec.UNSET:
            yield f"    - {field.path}: {_shown(field.before)}"
        if field.after is not msgspec.UNSET:
            yield f"    + {field.path}: {_shown(field.after)}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) and value else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
