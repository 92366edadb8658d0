"""`cdkit steps`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Annotated, get_args, get_origin

import click
import msgspec
from msgspec.structs import FieldInfo

from cdkit.cli.wiring import load_registry
from cdkit.errors import InvalidInput
from cdkit.pipeline.declared_types import fields_of
from cdkit.pipeline.suggest import did_you_mean
from cdkit.pipeline.type_words import type_name
from cdkit.step import Step


@click.command("steps")
@click.argument("name", required=False, shell_complete=lambda _, __, begun: _names(begun))
def command(name: str | None) -> None:
    """List the kinds of steps, or document the one called NAME."""
    steps = load_registry().steps
    if name is None:
        lines: Iterator[str] = _listing(steps)
    elif name in steps:
        lines = _reference(steps[name])
    else:
        raise InvalidInput(f"There is no step {name!r}.", remedy=did_you_mean(name, steps))
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _names(begun: str) -> list[str]:
    return [name for name in load_registry().steps if name.startswith(begun)]


def _listing(steps: dict[str, type[Step]]) -> Iterator[str]:
    width = max(map(len, steps), default=0)
    for name, step in steps.items():
        yield f"{name.ljust(width)}  {_summary(step)}"


def _summary(step: type[Step]) -> str:
    return (inspect.getdoc(step) or "").split("\n", maxsplit=1)[0]


def _reference(step: type[Step]) -> Iterator[str]:
    yield f"{step.name}: {_summary(step)}"
    yield ""
    yield "Options, under `with:`"
    yield from _fields(step.Options)
    yield ""
    yield "Outputs, as `${{ steps.NAME.OUTPUT }}`"
    yield from _fields(step.Outputs)


def _fields(struct: type[msgspec.Struct]) -> Iterator[str]:
    if not fields_of(struct):
        yield "  none"
    for name, field in fields_of(struct).items():
        yield f"  {name} ({type_name(field.type)}{_default(field)})"
        description = _description(field)
        if description:
            yield f"      {description}"


def _default(field: FieldInfo) -> str:
    if field.required:
        return ""
    empty = field.default is msgspec.NODEFAULT or field.default in ("", None)
    return ", optional" if empty else f", default {field.default}"


def _description(field: FieldInfo) -> str:
    metas = get_args(field.type)[1:] if get_origin(field.type) is Annotated else ()
    return next((meta.description for meta in metas if isinstance(meta, msgspec.Meta) and meta.description), "")
