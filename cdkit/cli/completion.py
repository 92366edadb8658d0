"""`cdkit completion`."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

COMPLETE_VARIABLE = "_CDKIT_COMPLETE"
"""What the scripts set when they ask; click looks for this name by itself."""


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    \b
    bash: eval "$(cdkit completion bash)", in ~/.bashrc
    zsh:  eval "$(cdkit completion zsh)", in ~/.zshrc after `compinit`
    fish: cdkit completion fish > ~/.config/fish/completions/cdkit.fish
    """  # noqa: D301 -- \b is a sign for click
    known = get_completion_class(shell)
    if known is None:  # every shell of the choice is one that click brings
        raise NotImplementedError(shell)
    root = click.get_current_context().find_root()
    sys.stdout.write(known(root.command, {}, "cdkit", COMPLETE_VARIABLE).source())
