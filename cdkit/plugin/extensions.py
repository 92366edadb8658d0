"""Asks plugins for what they bring beside steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from cdkit.errors import StepBroken
from cdkit.ports.manifest_draft import ManifestEnricher
from cdkit.ports.project_folder import ProjectReader


class PluginExtensions:
    """What the plugins of one run bring. Implements `cdkit.ports.extensions.Extensions`.

    Nobody would miss what is missing here, unlike a step: manifests would just be made of fewer facts. So a plugin
    that cannot say what it brings is an error for the step that asks, and not left out.

    Args:
        plugins: the plugins, each registered in a manager of its own.
    """

    def __init__(self, plugins: Sequence[pluggy.PluginManager] = ()) -> None:
        self._plugins = plugins

    def project_readers(self) -> list[ProjectReader]:
        """The readers of project metadata, in their order.

        Raises:
            StepBroken: a plugin brings something that is none, or two bring one of the same name.
        """
        readers = self._brought("cdkit_register_project_readers", ProjectReader)
        return sorted(readers, key=lambda reader: (reader.order, reader.name))

    def manifest_enrichers(self) -> list[ManifestEnricher]:
        """The enrichers of manifests, in their order.

        Raises:
            StepBroken: a plugin brings something that is none, or two bring one of the same name.
        """
        enrichers = self._brought("cdkit_register_manifest_enrichers", ManifestEnricher)
        return sorted(enrichers, key=lambda enricher: (enricher.order, enricher.name))

    def _brought(self, hook: str, kind: type[Any]) -> list[Any]:
        found: dict[str, Any] = {}
        for plugins in self._plugins:
            for item in _ask(plugins, hook):
                if not isinstance(item, kind):
                    raise _broken(plugins, hook, f"it gave {item!r}, which is no {kind.__name__}")
                if item.name in found:
                    raise _broken(plugins, hook, f"another one brings {item.name!r} already")
                found[item.name] = item
        return list(found.values())


def _ask(plugins: pluggy.PluginManager, hook: str) -> list[Any]:
    try:
        return [item for items in getattr(plugins.hook, hook)() for item in items]
    except Exception as error:
        raise _broken(plugins, hook, f"{type(error).__name__}: {error}") from error


def _broken(plugins: pluggy.PluginManager, hook: str, reason: str) -> StepBroken:
    names = ", ".join(name for name, _ in plugins.list_name_plugin())
    remedy = "Update the plugin, or remove it, or report this to its author."
    return StepBroken(f"The plugin {names!r} cannot be used: {hook}: {reason}.", remedy=remedy)
