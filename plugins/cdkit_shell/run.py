"""`run`: a command or a script of the project's own."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, Problem, Step, StepContext, StepOptions, StepOutputs, WorkFailed

LAST_LINES = 20
INTERPRETER = ("sh", "-eu", "-c")


class Run(Step):
    """Run a command of the project: compile, bundle assets, run unit tests."""

    name = "run"

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to run, and where."""

        command: Annotated[
            str | list[str],
            Meta(
                description="The program and its arguments. No shell reads them: a text is only split at its spaces, "
                "with quotes obeyed."
            ),
        ] = ""
        script: Annotated[
            str,
            Meta(
                description="A script for `sh -eu`, which stops at the first failure. Hand values over through `env:`.",
                extra={"expressions": False},
            ),
        ] = ""
        directory: Annotated[str, Meta(description="Where to run it, from the folder of the pipeline file.")] = "."

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """What came of it."""

        exit_code: Annotated[int, Meta(description="The exit code, which is 0: any other fails the step.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """Say what is wrong with the options, before anything runs."""
        if bool(self.options.command) == bool(self.options.script):
            yield Problem(f"{ctx.step!r} needs either a `command` or a `script`.")
        if isinstance(self.options.command, str) and not _splits(self.options.command):
            yield Problem(f"The command of {ctx.step!r} has a quote that is not closed: {self.options.command}")
        if not ctx.path(self.options.directory).is_dir():
            yield Problem(f"The directory of {ctx.step!r} does not exist: {self.options.directory}")

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The command."""
        if self.options.script:
            lines = tuple(self.options.script.rstrip().splitlines())
            return [Change("run", f"a script of {len(lines)} lines", details=lines)]
        return [Change("run", shlex.join(self._command()))]

    def run(self, ctx: StepContext) -> Outputs:
        """Run it to its end.

        Raises:
            WorkFailed: it ended with another exit code than 0.
        """
        last: list[str] = []

        def show(line: str, stream: str) -> None:
            last.append(line)
            del last[:-LAST_LINES]
            ctx.say(line, "stderr" if stream == "stderr" else "stdout")

        code = ctx.processes.run(
            self._command(),
            directory=str(ctx.path(self.options.directory)),
            env=ctx.env,
            on_line=show,
            cancellation=ctx.cancellation,
        )
        if code != 0:
            shown = "the script" if self.options.script else f"`{shlex.join(self._command())}`"
            raise WorkFailed(f"{shown[0].upper()}{shown[1:]} ended with exit code {code}.", evidence=last)
        return self.Outputs(exit_code=code)

    def _command(self) -> list[str]:
        if self.options.script:
            return [*INTERPRETER, self.options.script]
        command = self.options.command
        return shlex.split(command) if isinstance(command, str) else command


def _splits(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return False
    return True
