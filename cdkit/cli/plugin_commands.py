"""Commands that plugins bring: finding them, and calling one for a project."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import click

from cdkit.plugin.commands import PluginCommand
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_commands


@functools.cache
def _registry(taken: frozenset[str]) -> Mapping[str, PluginCommand]:
    registry = load_commands(installed_plugins(), taken)
    for broken in registry.broken:
        sys.stderr.write(f"warning: the plugin {broken.name!r} is left out: {broken.reason}\n")
    return registry.commands


def plugin_commands(taken: Iterable[str]) -> Mapping[str, PluginCommand]:
    """The commands of all installed plugins, by name; a plugin that is broken is named on stderr.

    Args:
        taken: the names of our own commands.
    """
    return _registry(frozenset(taken))


def plugin_command(name: str, taken: Iterable[str]) -> click.Command | None:
    """The command of a name, imported, with the options that all such commands have; None when nobody brings it."""
    found = plugin_commands(taken).get(name)
    if found is None:
        return None
    module, _, attribute = found.target.partition(":")
    brought: click.Command = getattr(import_module(module), attribute)
    return _for_a_project(brought, name)


def _for_a_project(brought: click.Command, name: str) -> click.Command:
    """The command with our options, called with the project that they name."""
    # `cdkit --help` comes by here, and needs none of it.
    from cdkit.cli.arguments import pipeline_options
    from cdkit.cli.display import colour_option

    def call(*, file: str, environment: str, assignments: tuple[str, ...], colour: bool | None, **options: Any) -> None:
        from cdkit.cli.project import open_project

        sys.exit(brought.callback(open_project(name, file, environment, assignments, colour), **options))  # type: ignore[misc]

    ours = click.command(name)(pipeline_options(colour_option(call)))
    return click.Command(
        name, callback=call, params=[*brought.params, *ours.params], help=brought.help, epilog=brought.epilog
    )
