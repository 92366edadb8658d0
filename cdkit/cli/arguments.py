"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from cdkit.errors import InvalidInput

DEFAULT_FILE = "cdkit.yaml"
DEFAULT_JOBS = 8
Command = TypeVar("Command", bound=Callable[..., Any])


def pipeline_options(command: Command) -> Command:
    """`--file`, `--env` and `--set`: which pipeline, for which environment, with which variables."""
    file = click.option(
        "-f", "--file", default=DEFAULT_FILE, show_default=True, metavar="FILE", help="The pipeline file."
    )
    env = click.option("-e", "--env", "environment", default="", metavar="NAME", help="The environment to deploy to.")
    assign = click.option(
        "-s", "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a variable; can be repeated."
    )
    return file(env(assign(command)))


def jobs_option(command: Command) -> Command:
    """`--jobs`."""
    return click.option(
        "-j", "--jobs", type=click.IntRange(1, 256), default=DEFAULT_JOBS, show_default=True, help="Steps at once."
    )(command)


def assigned(assignments: Sequence[str]) -> dict[str, str]:
    """The variables given with `--set`.

    Raises:
        InvalidInput: one is not of the form NAME=VALUE.
    """
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise InvalidInput(f"--set takes NAME=VALUE, not {assignment!r}.", remedy="Write it like --set replicas=3.")
        values[name] = value
    return values
