"""What there is to set, with words for each: the flags of a run, and the options of all steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
import msgspec

from cdkit.cli.settings import Form, settings_of, settings_of_run
from cdkit.cli.step_flags import description_of, flags_of
from cdkit.step import Step

OF_ALL_STEPS = {
    "namespace": "The namespace in the cluster; the context's own when left out.",
    "context": "The kube context; the current one when left out.",
    "timeout": "The longest that the step may take; 30m when left out.",
}
LOCAL_ONLY = frozenset({"quiet", "verbose", "color", "output", "resume"})
"""Flags for a person at a terminal; a build server shows a run in its own way."""


class Input(msgspec.Struct, frozen=True):
    """One thing that can be set.

    Attributes:
        name: its name in snake_case.
        form: how its value is given.
        told: what it is for, in a sentence.
        required: it has to be set.
    """

    name: str
    form: Form
    told: str
    required: bool = False


def inputs_of_run() -> list[Input]:
    """The flags of `cdkit run` that make sense on a build server."""
    from cdkit.cli.run import command

    told = {
        max(option.opts, key=len): option.help or "" for option in command.params if isinstance(option, click.Option)
    }
    return [
        Input(setting.name, setting.form, told[setting.flag])
        for setting in settings_of_run()
        if setting.name not in LOCAL_ONLY
    ]


def inputs_of_step(step: type[Step]) -> list[Input]:
    """The options of a step, and where it runs."""
    fields = {flag.name: flag.field for flag in flags_of(step.Options)}
    return [
        Input(setting.name, setting.form, description_of(fields[setting.flag]), fields[setting.flag].required)
        if setting.flag in fields
        else Input(setting.name, setting.form, OF_ALL_STEPS[setting.name])
        for setting in settings_of(step)
    ]


def inputs_of_all(steps: Mapping[str, type[Step]]) -> Iterator[Input]:
    """Every input once: that which several steps share says for each what it means there."""
    told: dict[str, dict[str, list[str]]] = {}
    for item in inputs_of_run():
        told.setdefault(item.name, {}).setdefault(item.told, []).append("a run")
    for name, step in steps.items():
        for item in inputs_of_step(step):
            told.setdefault(item.name, {}).setdefault(item.told, []).append(name)
    for name, meanings in told.items():
        whole = " ".join(f"{', '.join(whose)}: {meaning}" for meaning, whose in meanings.items())
        yield Input(name, "one", next(iter(meanings)) if len(meanings) == 1 else whole)
