"""`cdkit from-settings`: for the container of Drone and Woodpecker, and for the GitHub action."""

from __future__ import annotations

import os
import sys

import click

from cdkit.cli.wiring import load_registry


@click.command("from-settings")
@click.option("--prefix", default="PLUGIN_", show_default=True, help="What the variables of settings begin with.")
def command(prefix: str) -> None:
    """Run what a build server's settings say: a step where `step` is set, else the pipeline."""
    from cdkit.cli.app import app
    from cdkit.cli.settings import arguments_of

    sys.exit(app.main(args=arguments_of(os.environ, prefix, load_registry().steps), prog_name="cdkit"))
