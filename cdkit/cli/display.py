"""How a run is shown: the options for it, and the reporter that they ask for."""

from __future__ import annotations

import functools
import io
import os
import sys
from collections.abc import Callable
from typing import Any, Literal, TextIO, TypeVar

import click
import msgspec

from cdkit.cli.signals import say_on_stderr
from cdkit.cli.terminal import is_live, style_of
from cdkit.engine.stream import Reporter
from cdkit.flow.clock import SystemClock
from cdkit.report.native.dialect import Dialect
from cdkit.report.style import Style
from cdkit.report.wording import QuietWording, VerboseWording, Wording

Detail = Literal["quiet", "normal", "verbose"]
Command = TypeVar("Command", bound=Callable[..., Any])
_WORDINGS: dict[Detail, type[Wording]] = {"quiet": QuietWording, "normal": Wording, "verbose": VerboseWording}


class Display(msgspec.Struct, frozen=True):
    """What the command line says on how to show a run.

    Attributes:
        detail: how much of it.
        colour: with colours or without; None leaves it to the terminal and the environment variables.
        output: `text`, or `json` for events as JSON lines.
    """

    detail: Detail = "normal"
    colour: bool | None = None
    output: str = "text"

    def style(self, stream: TextIO) -> Style:
        """How to write to a stream."""
        return style_of(stream, self.colour)


def colour_option(command: Command) -> Command:
    """`--color` and `--no-color`."""
    return click.option(
        "--color/--no-color", "colour", default=None, help="Colours or none; as the terminal takes them when left out."
    )(command)


def display_options(command: Command) -> Callable[..., Any]:
    """`--output`, `--quiet`, `--verbose`, `--color` and `--no-color`; the command gets them as one `display`."""

    @functools.wraps(command)
    def with_display(*, output: str, quiet: bool, verbose: bool, colour: bool | None, **others: Any) -> Any:
        if quiet and verbose:
            raise click.UsageError("--quiet and --verbose exclude each other.")
        detail: Detail = "quiet" if quiet else "verbose" if verbose else "normal"
        return command(**others, display=Display(detail, colour, output))

    quiet = click.option("-q", "--quiet", is_flag=True, help="Only failures, warnings and the summary.")
    verbose = click.option("-v", "--verbose", is_flag=True, help="Also the options of each step, and its progress.")
    form = click.option(
        "-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Text, or events as JSON lines."
    )
    return form(quiet(verbose(colour_option(with_display))))


class Stage:
    """Where a run is shown. Closing it leaves a terminal as a shell expects it, however the run ended.

    Args:
        reporter: who shows it.
        say: shows a notice of our own beside it; may be called from a signal handler.
        leave: the last words before the process ends at once; for a signal handler.
        close: takes away what was painted.
    """

    def __init__(
        self,
        reporter: Reporter,
        *,
        say: Callable[[str], None] | None = None,
        leave: Callable[[], None] | None = None,
        close: Callable[[], None] | None = None,
    ) -> None:
        self.reporter = reporter
        self.say = say or say_on_stderr
        self.leave = leave or _nothing
        self.close = close or _nothing


def stage(display: Display, journal: str = "", dialect: Dialect | None = None) -> Stage:
    """The stage on stdout.

    Args:
        display: how to show it.
        journal: the path of the run's record; empty when it has none.
        dialect: the commands that the build server understands; None where there is none, or none that does.
    """
    take_any_text(sys.stdout)
    if display.output == "json":
        from cdkit.report.json_lines import JsonLines

        return Stage(JsonLines(sys.stdout))
    if dialect is not None:
        from cdkit.report.native.grouped import GroupedConsole

        wording = _WORDINGS[display.detail](_style_of_server(display), journal)
        return Stage(GroupedConsole(sys.stdout, wording, dialect))
    wording = _WORDINGS[display.detail](display.style(sys.stdout), journal)
    if display.detail != "quiet" and is_live(sys.stdout):
        from cdkit.report.live import LiveConsole

        live = LiveConsole(sys.stdout, wording, SystemClock().now)
        return Stage(live, say=live.notice, leave=live.leave, close=live.close)
    from cdkit.report.console import Console

    return Stage(Console(sys.stdout, wording))


def _style_of_server(display: Display) -> Style:
    """The pages of build servers show colours, though no terminal is there."""
    chosen = display.colour if display.colour is not None else not os.environ.get("NO_COLOR")
    return style_of(sys.stdout, chosen)


def take_any_text(stream: TextIO) -> None:
    """A letter that the stream's encoding does not have becomes a question mark, and not the end of all showing."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


def _nothing() -> None:
    """There is nothing to do."""
