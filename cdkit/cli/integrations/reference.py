"""The page of settings, for Drone and Woodpecker and everybody else who sets options by environment variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cdkit.cli.integrations.options import Input, inputs_of_run, inputs_of_step
from cdkit.cli.settings import Form
from cdkit.step import Step

HEAD = """\
# Settings

<!-- Made by `cdkit generate-integrations` from the options of the steps. Change those, and run it again. -->

A plugin of Drone and Woodpecker is given its options as settings, and so is every container of cdkit: with `step` they
are those of one step, and without it the flags of `cdkit run`. The GitHub action has the same names as inputs.

A list can be written as a list where none of its items holds a comma, and always as JSON text (`'["a", "b"]'`). A
mapping is a mapping. Put quotes around what looks like a number and is none: `1.50` comes as `1.5` otherwise.
"""

_FORMS: dict[Form, str] = {"switch": "true or false", "several": "list", "pairs": "mapping", "one": "text"}


def page(steps: Mapping[str, type[Step]]) -> str:
    """The page, in Markdown."""
    lines = [HEAD, "## A run of a pipeline", "", *_table(inputs_of_run())]
    for name, step in steps.items():
        lines += ["", f"## `step: {name}`", "", *_table(inputs_of_step(step))]
    return "\n".join(lines) + "\n"


def _table(inputs: Iterable[Input]) -> Iterator[str]:
    yield "| setting | value | |"
    yield "|---|---|---|"
    for item in inputs:
        required = "**required** " if item.required else ""
        yield f"| `{item.name}` | {_FORMS[item.form]} | {required}{item.told.replace('|', '&#124;')} |"
