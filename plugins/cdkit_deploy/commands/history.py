"""`cdkit history`."""

from __future__ import annotations

import click

from cdkit.api import Cell, CommandContext
from cdkit_deploy.commands.wording import COLOURS, SHORT_COMMIT, age
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import Record

HEAD = ("REVISION", "VERDICT", "AGE", "COMMIT", "STEP", "BY", "BUILD", "WHAT")


@click.command("history")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON.")
def command(project: CommandContext, output: str) -> int:
    """List the deployments of the application in an environment, the newest first.

    The records are in the cluster, so that it is the same from every machine.
    """
    ledger = Ledger.of(project.ctx)
    records = ledger.records()[::-1]
    if output == "json":
        project.say_json(records)
    elif records:
        now = project.ctx.clock.now()
        project.say_table(HEAD, [_row(record, now) for record in records])
    else:
        project.say(f"Nothing has been deployed of {ledger.deployment} in the namespace {project.ctx.namespace!r}.")
    return 0


def _row(record: Record, now: float) -> list[Cell]:
    what = f"revision {record.restores} again" if record.restores else ", ".join(record.images)
    return [
        str(record.revision),
        (record.verdict, COLOURS[record.verdict]),
        age(record, now),
        record.commit[:SHORT_COMMIT],
        record.via or record.step,
        record.actor,
        record.build_url,
        record.cause or what,
    ]
