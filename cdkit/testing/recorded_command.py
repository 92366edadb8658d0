"""A project for testing a plugin's command: it keeps what the command says and which steps it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from cdkit.flow.cancellation import Cancellation
from cdkit.plugin.commands import Cell, Colour
from cdkit.run import Run
from cdkit.step import Step, StepContext


class RecordedCommand:
    """Implements `cdkit.plugin.commands.CommandContext`.

    Args:
        run: the run that the project's `ctx` belongs to, a `RecordedRun` say.

    Attributes:
        lines: all lines that were said, those of tables with a tab between the cells.
        documents: what was said as JSON.
        steps: the steps that were run, with their options.
        exit_code: what running a step gives.
    """

    def __init__(self, run: Run) -> None:
        self.ctx = StepContext("command", run, env={}, cancellation=Cancellation())
        self.lines: list[str] = []
        self.documents: list[Any] = []
        self.steps: list[tuple[type[Step], dict[str, Any]]] = []
        self.exit_code = 0

    def say(self, *lines: str) -> None:
        """Keep lines."""
        self.lines += lines

    def paint(self, text: str, colour: Colour) -> str:
        """The text as it is."""
        return text

    def say_table(self, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Keep the rows as lines."""
        self.lines.append("\t".join(head))
        self.lines += ["\t".join(cell if isinstance(cell, str) else cell[0] for cell in row) for row in rows]

    def say_json(self, value: Any) -> None:
        """Keep the value."""
        self.documents.append(value)

    def run_step(self, kind: type[Step], options: Mapping[str, Any], *, approved: str = "") -> int:
        """Keep the step, and give `exit_code`."""
        self.steps.append((kind, dict(options)))
        return self.exit_code

    def call(self, command: click.Command, *arguments: str) -> int:
        """Call a command with the arguments that would be typed; gives its exit code."""
        with command.make_context(command.name, list(arguments)) as context:
            code: int = command.callback(self, **context.params) if command.callback else 0
        return code
