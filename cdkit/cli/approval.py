"""Environments in which a run needs somebody's agreement."""

from __future__ import annotations

import sys

import click

from cdkit.errors import InvalidInput, Refused
from cdkit.pipeline.pipeline import Pipeline


def must_be_approved(pipeline: Pipeline, approved: str) -> None:
    """See that a run may go on: the environment needs no approval, or was named with --approve, or a person agrees.

    Raises:
        InvalidInput: another environment was approved than the one that is deployed to.
        Refused: nobody agreed.
    """
    name = pipeline.environment.name
    if approved and approved != name:
        message = f"--approve names {approved!r}, but the run is for {name or 'no environment'!r}."
        raise InvalidInput(message, remedy="Approve just the environment that the run is for.")
    if not pipeline.needs_approval or approved == name:
        return
    if sys.stdin.isatty() and sys.stdout.isatty() and click.confirm(f"Run {pipeline.name} in {name}?"):
        return
    message = f"The environment {name!r} needs an approval, and nobody gave it."
    raise Refused(message, remedy=f"Run with --approve {name}, behind the approval step of your build server.")
