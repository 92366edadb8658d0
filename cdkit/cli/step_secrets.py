"""Secrets of a step on the command line, which everybody can read: it only says where they come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cdkit.cli.step_flags import StepFlag, form_of
from cdkit.models.problem import Position, Problem

STDIN = "-"
STDIN_FILE = "/dev/stdin"
SOURCES = ("env", "file")

Source = dict[str, str]
"""As under `secrets` in a pipeline file: `{env: NAME}` or `{file: PATH}`."""


def without_secrets(
    flags: Collection[StepFlag], values: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Source]]:
    """The values of flags with references in place of secrets, and the sources of these secrets by name.

    Args:
        flags: the step's flags.
        values: what click found, by parameter.
        problems: gets a problem for each secret that is given as such.
    """
    sources: dict[str, Source] = {}
    clean = dict(values)
    for flag in flags:
        given = values.get(flag.parameter)
        if not flag.is_secret or given in (None, ()):
            continue
        if form_of(flag.field.type) == "pairs":
            clean[flag.parameter] = tuple(
                _pair(flag, number, pair, sources, problems) for number, pair in enumerate(given)
            )
        else:
            clean[flag.parameter] = _reference(flag, flag.field.name, given, sources, problems)
    return clean, sources


def _pair(flag: StepFlag, number: int, pair: str, sources: dict[str, Source], problems: list[Problem]) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        # That it is no pair at all is said by whoever reads the flag.
        return pair
    return f"{name}={_reference(flag, f'{flag.field.name}_{number}', value, sources, problems)}"


def _reference(flag: StepFlag, name: str, value: str, sources: dict[str, Source], problems: list[Problem]) -> str:
    source = _source(value)
    if source is None:
        # The value itself is not repeated: it may be a secret.
        remedy = f"Write {flag.name} env:NAME, {flag.name} file:PATH, or {flag.name} - for the standard input."
        message = f"{flag.name} would show a secret to everybody who may list the processes of this machine."
        problems.append(Problem(message, Position(flag.name, 1, 1), remedy))
        return ""
    sources[name] = source
    return f"${{{{ secrets.{name} }}}}"


def _source(value: str) -> Source | None:
    if value == STDIN:
        return {"file": STDIN_FILE}
    kind, colon, rest = value.partition(":")
    return {kind: rest} if colon and rest and kind in SOURCES else None
