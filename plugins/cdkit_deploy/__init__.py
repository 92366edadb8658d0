"""The deploy steps: update what runs, watch it, say why when it fails, and put it back."""

from __future__ import annotations

from cdkit.api import PluginCommand, Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `apply`, `rollback`, `rolling-update` and `set-image`."""
    from cdkit_deploy.apply import Apply
    from cdkit_deploy.rollback import Rollback
    from cdkit_deploy.rolling_update import RollingUpdate
    from cdkit_deploy.set_image import SetImage

    return [Apply, Rollback, RollingUpdate, SetImage]


@hookimpl
def cdkit_register_commands() -> list[PluginCommand]:
    """Bring `history`, `rollback` and `status`."""
    return [
        PluginCommand("history", "List the deployments of an environment.", "cdkit_deploy.commands.history:command"),
        PluginCommand("rollback", "Deploy an earlier revision again.", "cdkit_deploy.commands.rollback:command"),
        PluginCommand("status", "Tell what is deployed, and how it is.", "cdkit_deploy.commands.status:command"),
    ]
