"""A project as a plugin's command sees it: its pipeline file, its environment, its clients and the console."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from cdkit.cli.approval import must_be_approved
from cdkit.cli.conduct import conduct
from cdkit.cli.display import Display, take_any_text
from cdkit.cli.native import Native
from cdkit.cli.recorded_run import open_run
from cdkit.cli.wiring import load_pipeline, new_run_id, open_session
from cdkit.engine.session import Session
from cdkit.flow.cancellation import Cancellation
from cdkit.models.problem import Position
from cdkit.pipeline.document import Node
from cdkit.pipeline.load import load_document
from cdkit.pipeline.pipeline import Pipeline
from cdkit.plugin.commands import Cell, Colour
from cdkit.report.style import Style
from cdkit.report.table import Cell as TableCell
from cdkit.report.table import table_lines
from cdkit.step import Step, StepContext


def open_project(
    command: str, file: str, environment: str, assignments: Sequence[str], colour: bool | None
) -> OpenProject:
    """The project of a pipeline file.

    Args:
        command: the command that asks.
        file: the pipeline file.
        environment: the name of the environment; empty for none.
        assignments: variables from the command line.
        colour: with colours or without; None leaves it to the terminal.

    Raises:
        InvalidInput: the file or the arguments are wrong.
    """
    pipeline = load_pipeline(file, environment, assignments)
    session = open_session(pipeline, new_run_id(), record=False, reporters=[])
    take_any_text(sys.stdout)
    return OpenProject(command, pipeline, session, Display(colour=colour))


class OpenProject:
    """Implements `cdkit.plugin.commands.CommandContext`.

    Args:
        command: the command that asks.
        pipeline: the pipeline of the file.
        session: gives clients, and knows the secrets.
        display: how to show things.
    """

    def __init__(self, command: str, pipeline: Pipeline, session: Session, display: Display) -> None:
        self._pipeline = pipeline
        self._session = session
        self._display = display
        self._style: Style = display.style(sys.stdout)
        self.ctx = StepContext(command, session, env=session.environ, cancellation=Cancellation())

    def say(self, *lines: str) -> None:
        """Write lines on stdout."""
        sys.stdout.writelines(f"{self._session.redacted(self._style.harmless(line))}\n" for line in lines)

    def paint(self, text: str, colour: Colour) -> str:
        """The text in a colour, where colours are written."""
        return self._style.paint(text, colour)

    def say_table(self, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Write a table on stdout."""
        cells = [[TableCell(*((cell,) if isinstance(cell, str) else cell)) for cell in row] for row in rows]
        self.say(*table_lines(head, cells, self._style))

    def say_json(self, value: Any) -> None:
        """Write one JSON document on stdout."""
        shown = self._session.without_secrets(value)
        sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(shown)).decode()}\n")

    def run_step(self, kind: type[Step], options: Mapping[str, Any], *, approved: str = "") -> int:
        """Run one step as `cdkit run` would; gives the exit code."""
        must_be_approved(self._pipeline, approved)
        pipeline = self._pipeline_of(kind, options)
        native = Native.here(pipeline.workspace, "text")
        run = open_run(pipeline, self._display, native)
        code = conduct(run.session, 1, run.stage)
        native.search(run.session)
        return code

    def _pipeline_of(self, kind: type[Step], options: Mapping[str, Any]) -> Pipeline:
        """A pipeline of this one step, beside the file of the project and for the same environment."""
        step = {"uses": kind.name, "with": dict(options)}
        document = Node.of({"name": self._pipeline.name, "steps": {kind.name: step}}, Position(kind.name, 1, 1))
        file = str(self._pipeline.workspace / "cdkit.yaml")
        made = load_document(document, file, {kind.name: kind}, None, [])
        return msgspec.structs.replace(made, environment=self._pipeline.environment)
