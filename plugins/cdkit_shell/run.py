"""`run`: a command or a script of the project's own."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, InvalidInput, Problem, Step, StepContext, StepOptions, StepOutputs, WorkFailed

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
        try:
            self._command(ctx)
        except InvalidInput as error:
            yield Problem(error.message)
        if not ctx.path(self.options.directory).is_dir():
            yield Problem(f"The directory of {ctx.step!r} does not exist: {self.options.directory}")

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The command."""
        command = self._command(ctx)
        if self.options.script:
            lines = tuple(self.options.script.rstrip().splitlines())
            count = "one line" if len(lines) == 1 else f"{len(lines)} lines"
            return [Change("run", f"a script of {count}", details=lines)]
        return [Change("run", shlex.join(command))]

    def run(self, ctx: StepContext) -> Outputs:
        """Run it to its end.

        Raises:
            WorkFailed: it ended with another exit code than 0.
        """
        command = self._command(ctx)
        last: list[str] = []

        def show(line: str, stream: str) -> None:
            last.append(line)
            del last[:-LAST_LINES]
            ctx.say(line, "stderr" if stream == "stderr" else "stdout")

        code = ctx.processes.run(
            command,
            directory=str(ctx.path(self.options.directory)),
            env=ctx.env,
            on_line=show,
            cancellation=ctx.cancellation,
        )
        if code != 0:
            what = "The script" if self.options.script else f"`{shlex.join(command)}`"
            raise WorkFailed(f"{what} ended with exit code {code}.", evidence=last)
        return self.Outputs(exit_code=code)

    def _command(self, ctx: StepContext) -> list[str]:
        """The program and its arguments.

        Raises:
            InvalidInput: the options give none.
        """
        command, script = self.options.command, self.options.script
        if bool(command) == bool(script):
            raise InvalidInput(f"{ctx.step!r} needs either a `command` or a `script`.")
        if script:
            return [*INTERPRETER, script]
        words = _words(command, ctx.step) if isinstance(command, str) else command
        if not words or not words[0]:
            raise InvalidInput(f"The command of {ctx.step!r} names no program.")
        return words


def _words(command: str, step: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise InvalidInput(f"The command of {step!r} has a quote that is not closed: {command}") from error
