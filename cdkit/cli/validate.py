"""`cdkit validate`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.arguments import pipeline_options
from cdkit.cli.wiring import declared_environments, load_pipeline
from cdkit.errors import InvalidInput


@click.command("validate")
@pipeline_options
def command(file: str, environment: str, assignments: Sequence[str]) -> None:
    """Check the pipeline file, without asking the world."""
    # Without a choice, the file has to be valid for every environment that it declares.
    for name in [environment] if environment else declared_environments(file) or [""]:
        try:
            pipeline = load_pipeline(file, name, assignments)
        except InvalidInput as error:
            where = f", in the environment {name!r}" if name else ""
            error.message = f"{error.message.removesuffix('.')}{where}."
            raise
    count = len(pipeline.steps)
    sys.stdout.write(f"{file} is valid: {count} step{'' if count == 1 else 's'}.\n")
