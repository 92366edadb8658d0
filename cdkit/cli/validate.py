"""`cdkit validate`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.arguments import pipeline_options
from cdkit.cli.wiring import load_pipeline


@click.command("validate")
@pipeline_options
def command(file: str, environment: str, assignments: Sequence[str]) -> None:
    """Check the pipeline file, without asking the world."""
    pipeline = load_pipeline(file, environment, assignments)
    count = len(pipeline.steps)
    sys.stdout.write(f"{file} is valid: {count} step{'' if count == 1 else 's'}.\n")
