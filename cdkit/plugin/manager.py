"""Finds plugins and collects what they bring. A plugin that is broken is named and left out; the others work on."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pluggy

from cdkit.plugin.extensions import PluginExtensions
from cdkit.plugin.hookspecs import PROJECT, HookSpecs
from cdkit.plugin.installed import PluginEntry
from cdkit.step import Step, StepOptions, StepOutputs


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


def load_steps(plugins: Iterable[PluginEntry]) -> StepRegistry:
    """Load plugins one at a time and collect their steps.

    pluggy can load a whole group by itself, but there the first plugin that does not import ends the program.
    """
    steps: dict[str, type[Step]] = {}
    broken: list[BrokenPlugin] = []
    usable: list[pluggy.PluginManager] = []
    for plugin in plugins:
        try:
            brought: dict[str, type[Step]] = {}
            loaded = _load(plugin)
            for step in _steps_of(loaded):
                _must_be_usable(step, steps | brought)
                brought[step.name] = step
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever a plugin raises must not take others down
            broken.append(BrokenPlugin(plugin.name, f"{type(error).__name__}: {error}"))
            continue
        steps |= brought
        usable.append(loaded)
    return StepRegistry(dict(sorted(steps.items())), tuple(broken), PluginExtensions(usable))


def _load(plugin: PluginEntry) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    manager.register(plugin.load(), name=plugin.name)
    manager.check_pending()
    return manager


def _steps_of(plugin: pluggy.PluginManager) -> list[type[Step]]:
    return [step for steps in plugin.hook.cdkit_register_steps() for step in steps]


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
