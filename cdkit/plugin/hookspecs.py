"""The hooks that a plugin can implement."""

from __future__ import annotations

import pluggy

from cdkit.plugin.commands import PluginCommand
from cdkit.ports.manifest_draft import ManifestEnricher
from cdkit.ports.project_folder import ProjectReader
from cdkit.step import Step

PROJECT = "cdkit"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """All hooks of cdkit."""

    @hookspec
    def cdkit_register_steps(self) -> list[type[Step]]:  # type: ignore[empty-body]
        """Give the classes of the steps that the plugin brings."""

    @hookspec
    def cdkit_register_commands(self) -> list[PluginCommand]:  # type: ignore[empty-body]
        """Give the commands that the plugin brings to the command line; nothing of them is imported yet."""

    @hookspec
    def cdkit_register_project_readers(self) -> list[ProjectReader]:  # type: ignore[empty-body]
        """Give the readers of project metadata that the plugin brings; asked when manifests are made."""

    @hookspec
    def cdkit_register_manifest_enrichers(self) -> list[ManifestEnricher]:  # type: ignore[empty-body]
        """Give the enrichers of manifests that the plugin brings; asked when manifests are made."""
