"""`cdkit completion`."""

from __future__ import annotations

import sys

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

COMPLETE_VARIABLE = "_CDKIT_COMPLETE"
"""What the scripts set when they ask; click looks for this name by itself."""

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    \b
    bash: eval "$(cdkit completion bash)", in ~/.bashrc
    zsh:  eval "$(cdkit completion zsh)", in ~/.zshrc after `compinit`
    fish: cdkit completion fish > ~/.config/fish/completions/cdkit.fish
    """  # noqa: D301 -- \b is a sign for click
    root = click.get_current_context().find_root()
    sys.stdout.write(SHELLS[shell](root.command, {}, "cdkit", COMPLETE_VARIABLE).source())
