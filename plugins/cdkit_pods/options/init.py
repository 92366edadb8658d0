"""The commands before the tests, in the forms in which they may be written."""

from __future__ import annotations

from cdkit_pods.options.container import InitCommand


def init_options(option: str | list[str] | InitCommand) -> InitCommand:
    """A command in its full form."""
    return option if isinstance(option, InitCommand) else InitCommand(command=option)


def init_name(command: InitCommand, index: int) -> str:
    """What its container is called; `index` counts from 0."""
    return command.name or f"init-{index + 1}"
