"""The instructions of a Dockerfile, each with its line.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping

import msgspec

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
_VARIABLE = re.compile(r"\\\$|\$(?:\{(\w+)(?::?([-+])([^}]*))?\}|(\w+))")


class Instruction(msgspec.Struct, frozen=True):
    """One instruction.

    Attributes:
        name: in capitals.
        argument: all that follows, continued lines as one.
        line: where it begins.
    """

    name: str
    argument: str
    line: int


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, in their order; what is none is left out."""
    lines = text.splitlines()
    escape = _escape_sign(lines)
    number = 0
    while number < len(lines):
        start = number
        whole, number = _continued(lines, number, escape)
        match = _INSTRUCTION.fullmatch(whole)
        if match:
            yield Instruction(match[1].upper(), match[2].strip(), start + 1)
            number = _after_heredocs(lines, number, match[1], match[2])


def words(argument: str) -> list[str]:
    """The words of an argument, without their quotes."""
    try:
        return shlex.split(argument)
    except ValueError:
        return argument.split()


def exec_form(argument: str) -> list[str] | None:
    """The program and arguments of `["program", "argument"]`; None for a line for a shell."""
    try:
        value = json.loads(argument)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    return None


def expand(text: str, environ: Mapping[str, str]) -> str:
    """The text with variables replaced; one that is not known stays as it is."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[4]
        if name is None:
            return "$"
        known = environ.get(name)
        if match[2] == "-":
            return known or match[3]
        if match[2] == "+":
            return match[3] if known else ""
        return match[0] if known is None else known

    return _VARIABLE.sub(value, text)


def _escape_sign(lines: list[str]) -> str:
    for line in lines:
        directive = _DIRECTIVE.match(line)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            return directive[2]
    return "\\"


def _continued(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """An instruction without comments and line breaks, and the number of the line after it."""
    parts: list[str] = []
    while number < len(lines):
        line = lines[number].rstrip()
        number += 1
        if line.lstrip().startswith("#") or (parts and not line):
            continue
        if not line.endswith(escape):
            parts.append(line)
            break
        parts.append(line[: -len(escape)])
    return " ".join(parts), number


def _after_heredocs(lines: list[str], number: int, name: str, argument: str) -> int:
    """The number of the line after the documents that an instruction has below it."""
    if name.upper() not in {"RUN", "COPY", "ADD"}:
        return number
    for end in _HEREDOC.findall(argument):
        while number < len(lines) and lines[number].strip() != end:
            number += 1
        number += 1
    return number
