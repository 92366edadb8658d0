"""`cdkit schema`."""

from __future__ import annotations

import sys

import click

from cdkit.cli.integrations.schema import schema
from cdkit.cli.wiring import load_registry


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of pipeline files, from which editors complete and check.

    It knows the steps of all installed plugins. Write it to a file, and name that in the first line of the pipeline
    file: # yaml-language-server: $schema=cdkit.schema.json
    """
    sys.stdout.write(schema(load_registry().steps))
