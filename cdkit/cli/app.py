"""The commands. Each is imported only when it is called: `cdkit --help` reads this table alone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from cdkit import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "check": "Ask every step whether it could work, and run none.",
    "completion": "Print the script that completes commands in a shell.",
    "doctor": "Look for what cdkit needs here: engine, logins, cluster, git, plugins.",
    "explain": "Say who runs us and what is built, and where that comes from.",
    "from-settings": "Run what the settings of a build server's plugin say.",
    "generate-integrations": "Write the files by which build servers take cdkit in.",
    "graph": "Show which step waits for which.",
    "init": "Write a pipeline file for the project that is here.",
    "plan": "Tell what a run would change, without changing anything.",
    "run": "Run the pipeline.",
    "runs": "List past runs, or show one, or what its steps printed.",
    "schema": "Print the JSON Schema of pipeline files, for editors.",
    "step": "Run one step without a pipeline file.",
    "steps": "List the kinds of steps, or document one.",
    "validate": "Check the pipeline file, without asking the world.",
    "watch": "Run the pipeline now, and again whenever its sources change.",
}


class _LazyCommands(click.Group):
    """Knows the commands by name, and imports the one that is called; plugins are asked for what is not our own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_all_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = import_module(f"cdkit.cli.{cmd_name.replace('-', '_')}").command
            return command
        from cdkit.cli.plugin_commands import plugin_command

        return plugin_command(cmd_name, COMMANDS)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names alone: click would import every command for its help."""
        from click.shell_completion import CompletionItem

        options = click.Command.shell_complete(self, ctx, incomplete)
        known = {name: told for name, told in _all_commands().items() if name.startswith(incomplete)}
        return [CompletionItem(name, help=told) for name, told in known.items()] + options

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS and args[0] not in _all_commands():
            from cdkit.pipeline.suggest import did_you_mean

            ctx.fail(f"There is no command {args[0]!r}. {did_you_mean(args[0], _all_commands())}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_all_commands().items()))


def _all_commands() -> dict[str, str]:
    """What each command does, by its name; those of plugins too."""
    from cdkit.cli.plugin_commands import plugin_commands

    brought = {name: command.help for name, command in plugin_commands(COMMANDS).items()}
    return dict(sorted((COMMANDS | brought).items()))


@click.group(cls=_LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="cdkit %(version)s")
def app() -> None:
    """Build, push, test in a pod, generate manifests and roll out: one pipeline file, from every build server."""
