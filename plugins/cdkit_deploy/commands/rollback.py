"""`cdkit rollback`."""

from __future__ import annotations

import click

from cdkit.api import CommandContext
from cdkit_deploy.rollback import Rollback


@click.command("rollback")
@click.argument("revision", type=click.IntRange(min=1), required=False)
@click.option("--approve", "approved", default="", metavar="ENV", help="Agree to a rollback in this environment.")
def command(project: CommandContext, revision: int | None, approved: str) -> int:
    """Deploy REVISION again, with all that it consisted of; the one before the last when it is left out.

    `cdkit history` lists the revisions. It needs no file but the pipeline's own: what was deployed is in the cluster.
    """
    return project.run_step(Rollback, {"revision": revision} if revision else {}, approved=approved)
