"""Commands that a plugin brings to the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from cdkit.step import Step, StepContext

Colour = Literal["green", "red", "yellow", "cyan", "dim", "bold"]
Cell = str | tuple[str, Colour]
"""One place in a table: a text, or a text in a colour."""


class PluginCommand(msgspec.Struct, frozen=True):
    """A command as the command line lists it, before anything of it is imported.

    Attributes:
        name: the word behind `cdkit`.
        help: what it does, in one line.
        target: where it is: `package.module:attribute`. There is a `click.Command`, whose function is called with a
            `CommandContext` first and gives the exit code. cdkit adds `--file`, `--env`, `--set` and `--color` to its
            options.
    """

    name: str
    help: str
    target: str


class CommandContext(Protocol):
    """What a command can ask of the pipeline file that it is called for, and of the console."""

    @property
    def ctx(self) -> StepContext:
        """The project as its steps see it: application, environment, clients. For asking, not for changing."""
        ...

    def say(self, *lines: str) -> None:
        """Write lines on stdout, without secrets and without anything that moves the cursor."""
        ...

    def paint(self, text: str, colour: Colour) -> str:
        """The text in a colour, where colours are written; for a part of a line."""
        ...

    def say_table(self, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Write a table on stdout; a column in which no row has anything is left out."""
        ...

    def say_json(self, value: Any) -> None:
        """Write one JSON document on stdout, without secrets."""
        ...

    def run_step(self, kind: type[Step], options: Mapping[str, Any], *, approved: str = "") -> int:
        """Run one step as `cdkit run` would, with its check, journal and console; gives the exit code.

        Args:
            kind: the step.
            options: what would stand under `with:`.
            approved: the environment that was approved on the command line.

        Raises:
            InvalidInput: the options are wrong.
            Refused: the environment needs an approval.
        """
        ...
