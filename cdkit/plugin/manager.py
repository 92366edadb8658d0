"""Finds plugins and collects what they bring. A plugin that is broken is named and left out; the others work on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

import msgspec
import pluggy

from cdkit.plugin.commands import PluginCommand
from cdkit.plugin.extensions import PluginExtensions
from cdkit.plugin.hookspecs import PROJECT, HookSpecs
from cdkit.plugin.installed import PluginEntry
from cdkit.step import Step, StepOptions, StepOutputs

Brought = TypeVar("Brought")


class BrokenPlugin(msgspec.Struct, frozen=True):
    """A plugin that could not be used, and why."""

    name: str
    reason: str


class StepRegistry(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        steps: the steps, by name.
        broken: the plugins that were not usable.
        extensions: what the others bring beside steps.
    """

    steps: dict[str, type[Step]]
    broken: tuple[BrokenPlugin, ...] = ()
    extensions: PluginExtensions = PluginExtensions()


class CommandRegistry(msgspec.Struct, frozen=True):
    """The commands that were found, by name, and the plugins that were not usable."""

    commands: dict[str, PluginCommand]
    broken: tuple[BrokenPlugin, ...] = ()


def load_steps(plugins: Iterable[PluginEntry]) -> StepRegistry:
    """Load plugins one at a time and collect their steps; the extensions of those that are usable can be asked for."""
    usable: list[pluggy.PluginManager] = []

    def brought_by(plugin: PluginEntry, known: dict[str, type[Step]]) -> dict[str, type[Step]]:
        loaded = _load(plugin)
        steps = _steps_of(loaded, known)
        usable.append(loaded)
        return steps

    steps, broken = _collected(plugins, brought_by)
    return StepRegistry(steps, broken, PluginExtensions(usable))


def load_commands(plugins: Iterable[PluginEntry], taken: Collection[str]) -> CommandRegistry:
    """Load plugins one at a time and collect their commands.

    Args:
        plugins: the plugins.
        taken: the names of cdkit's own commands.
    """
    return CommandRegistry(*_collected(plugins, lambda plugin, known: _commands_of(plugin, {*taken, *known})))


def _collected(
    plugins: Iterable[PluginEntry], brought_by: Callable[[PluginEntry, dict[str, Brought]], dict[str, Brought]]
) -> tuple[dict[str, Brought], tuple[BrokenPlugin, ...]]:
    """What plugins bring, by name, and those that are broken.

    pluggy can load a whole group by itself, but there the first plugin that does not import ends the program.

    Args:
        plugins: the plugins.
        brought_by: gives what one plugin brings, told what is known already.
    """
    known: dict[str, Brought] = {}
    broken: list[BrokenPlugin] = []
    for plugin in plugins:
        try:
            known |= brought_by(plugin, known)
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever a plugin raises must not take others down
            broken.append(BrokenPlugin(plugin.name, f"{type(error).__name__}: {error}"))
    return dict(sorted(known.items())), tuple(broken)


def _steps_of(plugin: pluggy.PluginManager, known: dict[str, type[Step]]) -> dict[str, type[Step]]:
    brought: dict[str, type[Step]] = {}
    for step in (step for steps in plugin.hook.cdkit_register_steps() for step in steps):
        _must_be_usable(step, known | brought)
        brought[step.name] = step
    return brought


def _commands_of(plugin: PluginEntry, taken: set[str]) -> dict[str, PluginCommand]:
    brought: dict[str, PluginCommand] = {}
    for command in (command for found in _load(plugin).hook.cdkit_register_commands() for command in found):
        _must_be_a_command(command, {*taken, *brought})
        brought[command.name] = command
    return brought


def _load(plugin: PluginEntry) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    manager.register(plugin.load(), name=plugin.name)
    manager.check_pending()
    return manager


def _must_be_a_command(command: object, taken: Collection[str]) -> None:
    if not isinstance(command, PluginCommand):
        raise TypeError(f"cdkit_register_commands gave {command!r}, which is not a PluginCommand")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", command.name):
        raise ValueError(f"{command.name!r} cannot be the name of a command")
    if command.name in taken:
        raise ValueError(f"there is a command {command.name!r} already")


def _must_be_usable(step: object, known: dict[str, type[Step]]) -> None:
    if not (isinstance(step, type) and issubclass(step, Step)):
        raise TypeError(f"cdkit_register_steps gave {step!r}, which is not a subclass of Step")
    name = getattr(step, "name", None)
    if not (isinstance(name, str) and name):
        raise TypeError(f"{step.__qualname__} has no `name`")
    if not _derives(getattr(step, "Options", None), StepOptions):
        raise TypeError(f"{step.__qualname__} has no `Options` that derive from StepOptions")
    if not _derives(step.Outputs, StepOutputs):
        raise TypeError(f"{step.__qualname__} has `Outputs` that do not derive from StepOutputs")
    if step.__abstractmethods__:
        raise TypeError(f"{step.__qualname__} has no `{min(step.__abstractmethods__)}`")
    if name in known:
        raise ValueError(f"the step {name!r} is already registered by {known[name].__module__}")


def _derives(kind: object, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
