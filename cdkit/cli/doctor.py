"""`cdkit doctor`."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path

import click

from cdkit.cli.display import colour_option
from cdkit.cli.signals import interruptions
from cdkit.cli.terminal import style_of
from cdkit.doctor.checks.all import CHECKS
from cdkit.doctor.examine import examine
from cdkit.doctor.place import Place
from cdkit.engine.messages import Messages
from cdkit.errors import CheckFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox, SystemClock
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_steps
from cdkit.report.findings import finding_lines


@click.command("doctor")
@click.option("--context", default="", metavar="NAME", help="The kube context; the current one when left out.")
@click.option("-n", "--namespace", default="", metavar="NAME", help="The namespace; the context's own when left out.")
@colour_option
def command(context: str, namespace: str, *, colour: bool | None) -> None:
    """Look for what cdkit needs here, and say what to do about what is missing.

    Takes a few seconds at most. Ends with 0, or with 3 when something is wrong. What is simply not there (!) may not
    be needed, and is not wrong.
    """
    inbox: Messages = Inbox()
    with interruptions(inbox):
        findings = examine(CHECKS, _place(context, namespace), SystemClock(), inbox)
    sys.stdout.writelines(f"{line}\n" for line in finding_lines(findings, style_of(sys.stdout, colour)))
    sys.exit(CheckFailed.exit_code if any(finding.health == "wrong" for finding in findings) else 0)


def _place(context: str, namespace: str) -> Place:
    from cdkit.clients.real_world import RealWorld

    return Place(
        world=RealWorld(),
        environ=os.environ,
        home=Path.home(),
        workspace=Path.cwd(),
        python=sys.version_info[:3],
        find_program=shutil.which,
        load_steps=cache(lambda: load_steps(installed_plugins())),
        cancellation=Cancellation(),
        context=context,
        namespace=namespace,
    )
