"""What a build server hands in as settings, as the arguments of a command line.

Drone and Woodpecker give a plugin its settings as `PLUGIN_NAME`: lists joined by commas, mappings as JSON
(https://docs.drone.io/plugins/overview/, https://woodpecker-ci.org/docs/usage/plugins/overview). A GitHub action hands
its inputs on as `INPUT_NAME`, which are always text. The arguments stay in this process: no process list shows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import click
import msgspec

from cdkit.cli.step_flags import flags_of, form_of
from cdkit.errors import InvalidInput
from cdkit.models.problem import Problem
from cdkit.pipeline.declared_types import metas_of
from cdkit.pipeline.suggest import did_you_mean
from cdkit.step import Step

STEP = "step"
"""The setting that names a step to run; without it a pipeline is run."""

Form = Literal["switch", "several", "pairs", "one"]

_EXPONENT = re.compile(r"\d(?:\.\d+)?e[+-]\d+", re.IGNORECASE)
_TRUE, _FALSE = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})


class Setting(msgspec.Struct, frozen=True):
    """One thing that can be set.

    Attributes:
        name: how a person writes it: `build_args`.
        flag: the flag of the command line.
        form: how the flag is given.
        separable: of a list, that none of its items can hold a comma.
    """

    name: str
    flag: str
    form: Form
    separable: bool = False


def arguments_of(environ: Mapping[str, str], prefix: str, steps: Mapping[str, type[Step]]) -> list[str]:
    """The arguments that settings stand for: those of `cdkit run`, or of `cdkit step NAME`.

    Args:
        environ: the environment variables.
        prefix: what the variables of settings begin with.
        steps: the kinds of steps, by name.

    Raises:
        InvalidInput: with everything that is wrong with the settings.
    """
    given = {_name(key[len(prefix) :]): value for key, value in environ.items() if key.startswith(prefix) and value}
    chosen = given.pop(STEP, "")
    if chosen and chosen not in steps:
        raise InvalidInput(f"There is no step {chosen!r}.", remedy=did_you_mean(chosen, steps))
    known = {setting.name: setting for setting in (settings_of(steps[chosen]) if chosen else settings_of_run())}
    problems: list[Problem] = []
    arguments = ["step", chosen] if chosen else ["run"]
    for name, value in given.items():
        if name in known:
            arguments += _arguments(known[name], value, problems)
        else:
            what = f"The step {chosen!r}" if chosen else "A pipeline run"
            problems.append(Problem(f"{what} has no setting {name!r}.", None, did_you_mean(name, known)))
    if problems:
        raise InvalidInput("The settings are wrong.", problems=problems, remedy="Correct them, and run again.")
    return arguments


def settings_of(step: type[Step]) -> list[Setting]:
    """The settings of a step: its options, and where it runs."""
    own = [
        Setting(_name(flag.key), flag.name, form_of(flag.field.type), is_separable(flag.field.type))
        for flag in flags_of(step.Options)
    ]
    names = {setting.name for setting in own}
    beside = [Setting("namespace", "--namespace", "one"), Setting("context", "--kube-context", "one")]
    return own + [setting for setting in [*beside, Setting("timeout", "--timeout", "one")] if setting.name not in names]


def settings_of_run() -> list[Setting]:
    """The settings of a run of a pipeline: the flags of `cdkit run`."""
    from cdkit.cli.run import command

    found = []
    for option in command.params:
        if isinstance(option, click.Option):
            flag = max(option.opts, key=len)
            form: Form = "switch" if option.is_flag else "several" if option.multiple else "one"
            pairs = option.metavar == "NAME=VALUE"
            found.append(Setting(_name(flag[2:]), flag, "pairs" if pairs else form, separable=True))
    return found


def is_separable(wanted: Any) -> bool:
    """Whether a list option says of itself that its items hold no commas (`Meta(extra={"separable": True})`)."""
    return any((meta.extra or {}).get("separable") for meta in metas_of(wanted))


def _name(text: str) -> str:
    """The one way to write a name: Drone keeps dashes, Woodpecker makes them underscores, YAML has both."""
    return re.sub(r"[.-]", "_", text).lower()


def _arguments(setting: Setting, value: str, problems: list[Problem]) -> Iterator[str]:
    match setting.form:
        case "switch":
            yield from _switch(setting, value, problems)
        case "several":
            for item in _items(setting, value, problems):
                yield f"{setting.flag}={item}"
        case "pairs":
            for name, item in _pairs(setting, value, problems):
                yield f"{setting.flag}={name}={item}"
        case "one":
            if _EXPONENT.fullmatch(value):
                problems.append(_mangled(setting, value))
            yield f"{setting.flag}={value}"


def _switch(setting: Setting, value: str, problems: list[Problem]) -> Iterator[str]:
    if value.lower() in _TRUE:
        yield setting.flag
    elif value.lower() not in _FALSE:
        problems.append(Problem(f"{setting.name} is {value!r}.", None, "Write true or false."))
    elif setting.flag.startswith("--no-"):
        yield setting.flag.replace("--no-", "--", 1)
    else:
        yield setting.flag.replace("--", "--no-", 1)


def _items(setting: Setting, value: str, problems: list[Problem]) -> list[str]:
    """The items of a list: JSON, one a line, or joined by commas where that can be told apart."""
    if value.lstrip().startswith("["):
        read = _json(setting, value, list, problems)
        return [item if isinstance(item, str) else json.dumps(item) for item in read or ()]
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if len(lines) > 1 or "," not in value:
        return lines
    parts = value.split(",")
    if setting.separable:
        return [part.strip() for part in parts if part.strip()]
    wanted = f"{setting.name}: '{json.dumps(parts)}'"
    problems.append(
        Problem(
            f"The list {setting.name} was joined by commas, and an item may hold one: where one ends cannot be told.",
            None,
            f"Write it as JSON text, with the items as they are meant: {wanted}",
        )
    )
    return []


def _pairs(setting: Setting, value: str, problems: list[Problem]) -> list[tuple[str, str]]:
    """The members of a mapping: JSON, or NAME=VALUE one a line."""
    if value.lstrip().startswith("{"):
        read = _json(setting, value, dict, problems)
        return [(str(name), _text(item)) for name, item in (read or {}).items()]
    pairs = [line.strip().partition("=") for line in value.splitlines() if line.strip()]
    if all(equals and name for name, equals, _ in pairs) and (len(pairs) > 1 or "," not in value):
        return [(name, item) for name, _, item in pairs]
    parts = [part.partition("=") for part in value.split(",")]
    wanted = ", ".join(f"{name.strip() or 'NAME'}: {json.dumps(item)}" for name, _, item in parts)
    problems.append(
        Problem(
            f"{setting.name} is a mapping, and the server has handed in a list or a text.",
            None,
            f"Write it as a mapping: {setting.name}: {{{wanted}}}",
        )
    )
    return []


def _json(setting: Setting, value: str, wanted: type, problems: list[Problem]) -> Any:
    try:
        read = json.loads(value)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(f"{setting.name} begins like JSON, and is none: {error}."))
        return None
    return read if isinstance(read, wanted) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _mangled(setting: Setting, value: str) -> Problem:
    message = f"{setting.name} is {value!r}: the server has read it as a number, and how it was written is lost."
    return Problem(message, None, f'Put quotes around it: {setting.name}: "..."')
