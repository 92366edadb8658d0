"""The options of `cdkit watch` that no other command has."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import msgspec

from cdkit.cli.continuation import Choice


class Watching(msgspec.Struct, frozen=True):
    """What the command line says on what is run again, and when.

    Attributes:
        only: the steps of --only.
        skip: the steps of --skip.
        paths: what is watched instead of the repository.
        at_once: run before anything changes.
        at_exit: the step that runs once, at the end; empty for none.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    at_once: bool = True
    at_exit: str = ""

    @property
    def rounds(self) -> Choice:
        """The steps of each round."""
        return Choice(only=self.only, skip=self.skip, at_exit=self.at_exit)

    @property
    def end(self) -> Choice:
        """The steps that run once, at the end."""
        return Choice(only=(self.at_exit,))


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; it gets them as one `watching`."""

    @click.option("--only", multiple=True, metavar="STEP", help="Run this step and what it needs; can be repeated.")
    @click.option("--skip", multiple=True, metavar="STEP", help="Leave this step out; can be repeated.")
    @click.option(
        "--path",
        "paths",
        multiple=True,
        type=click.Path(exists=True, resolve_path=True, path_type=Path),
        metavar="PATH",
        help="Watch this, and not the whole repository; can be repeated.",
    )
    @click.option("--no-initial", is_flag=True, help="Wait for a change before the first run.")
    @click.option("--at-exit", default="", metavar="STEP", help="Run this step once, at the end, to clean up.")
    @wraps(command)
    def with_watching(
        *arguments: Any,
        only: tuple[str, ...],
        skip: tuple[str, ...],
        paths: tuple[Path, ...],
        no_initial: bool,
        at_exit: str,
        **options: Any,
    ) -> Any:
        watching = Watching(only, skip, paths, not no_initial, at_exit)
        return command(*arguments, watching=watching, **options)

    return with_watching
