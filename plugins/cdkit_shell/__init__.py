"""The shell step: any command of the project's own."""

from __future__ import annotations

from cdkit.api import Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `run`."""
    from cdkit_shell.run import Run

    return [Run]
