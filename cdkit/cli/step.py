"""`cdkit step`: one step without a pipeline file."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from cdkit.cli.conduct import conduct
from cdkit.cli.display import Display, Stage, stage
from cdkit.cli.native import Native
from cdkit.cli.recorded_run import open_run
from cdkit.cli.step_flags import StepFlag, flags_of, options_node
from cdkit.cli.step_secrets import without_secrets
from cdkit.cli.wiring import load_registry
from cdkit.errors import InvalidInput
from cdkit.models.environment import Environment
from cdkit.models.event import Event, StepFinished
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.document import Node
from cdkit.pipeline.load import load_document
from cdkit.pipeline.pipeline import Pipeline
from cdkit.pipeline.suggest import did_you_mean
from cdkit.ports.extensions import Extensions
from cdkit.report.native.dialect import Dialect
from cdkit.step import Step

_OWN_OPTIONS = (
    (("-n", "--namespace"), "namespace", "The namespace in the cluster; the context's own when left out."),
    (("--kube-context", "--context"), "context", "The kube context; the current one when left out."),
    (("--timeout",), "timeout", "The longest that the step may take; 30m when left out."),
)


class _Steps(click.Group):
    """One command for each kind of step that a plugin brings."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(load_registry().steps)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        registry = load_registry()
        if cmd_name not in registry.steps:
            raise InvalidInput(f"There is no step {cmd_name!r}.", remedy=did_you_mean(cmd_name, registry.steps))
        return step_command(registry.steps[cmd_name], registry.extensions)


@click.command("step", cls=_Steps, subcommand_metavar="NAME [OPTIONS]...")
def command() -> None:
    """Run one step without a pipeline file.

    Relative paths start from the current folder. What the step hands on is printed at the end.
    """


def step_command(kind: type[Step], extensions: Extensions) -> click.Command:
    """The command of a kind of step: its options are flags. Where a flag of ours has the same name, the step's wins.

    Args:
        kind: the kind of step.
        extensions: what the plugins bring beside steps.
    """
    flags = flags_of(kind.Options)
    taken = {flag.name for flag in flags}

    def callback(output: str, **values: Any) -> None:
        pipeline = msgspec.structs.replace(_pipeline(kind, flags, values), extensions=extensions)
        sys.exit(_run(pipeline, output))

    own = [_own_option(names, parameter, told, taken) for names, parameter, told in _OWN_OPTIONS]
    form = click.Option(
        ["-o", *({"--output"} - taken), "output"],
        type=click.Choice(["text", "json"]),
        default="text",
        help="How to print what the step hands on; with json all else goes to stderr.",
    )
    return click.Command(
        kind.name,
        callback=callback,
        params=[*(flag.option() for flag in flags), *(option for option in own if option is not None), form],
        help=kind.__doc__,
    )


def _own_option(names: tuple[str, ...], parameter: str, told: str, taken: set[str]) -> click.Option | None:
    free = [name for name in names if name not in taken]
    return click.Option([*free, parameter], default="", metavar=parameter.upper(), help=told) if free else None


def _run(pipeline: Pipeline, output: str) -> int:
    told = _Told()
    native = Native.here(pipeline.workspace, output)
    run = open_run(pipeline, Display(), native, told, show=stage if output == "text" else _on_stderr)
    code = conduct(run.session, 1, run.stage)
    native.search(run.session)
    if code == 0:
        sys.stdout.writelines(f"{line}\n" for line in native.shielded(_FORMS[output](told.outputs)))
    return code


def _pipeline(kind: type[Step], flags: list[StepFlag], values: Mapping[str, Any]) -> Pipeline:
    """A pipeline of this one step, read as if it had stood in a file.

    Raises:
        InvalidInput: with everything that is missing or wrong.
    """
    place = Position(kind.name, 1, 1)
    problems: list[Problem] = []
    shown, secrets = without_secrets(flags, values, problems)
    step: dict[str, Any] = {"uses": kind.name, "with": options_node(flags, shown, place, problems)}
    if values.get("timeout"):
        text = values["timeout"]
        step["timeout"] = Node(text, Position("--timeout", 1, 1), text=text)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", kind.name).strip("-")
    # What a deployment leaves in a cluster is kept under the application's name, which no two projects may share.
    document = Node.of({"name": Path.cwd().name or kind.name, "secrets": secrets, "steps": {name: step}}, place)
    try:
        # The name of a file that is not there: the step works in the current folder.
        pipeline = load_document(document, "cdkit.yaml", {kind.name: kind}, None, problems)
    except InvalidInput as error:
        found = [_told_by_flag(problem) for problem in error.problems]
        remedy = f"`cdkit step {kind.name} --help` lists its options."
        raise InvalidInput(f"The step {kind.name!r} cannot run like this.", problems=found, remedy=remedy) from error
    place_to_go = Environment("", values.get("context") or "", values.get("namespace") or "")
    return msgspec.structs.replace(pipeline, environment=place_to_go)


def _told_by_flag(problem: Problem) -> Problem:
    """On a command line the flag is the place."""
    flag = problem.position.file if problem.position else ""
    said = f"{flag}: {problem.message}" if flag.startswith("--") else problem.message
    return Problem(said, None, problem.remedy)


class _Told:
    """Remembers what the step handed on, as it may be shown: events have no secrets in them."""

    def __init__(self) -> None:
        self.outputs: Mapping[str, Any] = {}

    def report(self, event: Event) -> None:
        """Take the outputs of the step."""
        if isinstance(event, StepFinished):
            self.outputs = event.result.outputs

    def flush(self) -> None:
        """There is nothing to show."""


def _on_stderr(display: Display, journal: str, _: Dialect | None) -> Stage:
    from cdkit.report.console import Console
    from cdkit.report.wording import Wording

    return Stage(Console(sys.stderr, Wording(display.style(sys.stderr), journal)))


def _as_text(outputs: Mapping[str, Any]) -> list[str]:
    shown = {name: value if isinstance(value, str) else _json(value) for name, value in outputs.items()}
    return [f"{name}: {value}" for name, value in shown.items()]


def _as_json(outputs: Mapping[str, Any]) -> list[str]:
    return [_json(outputs)]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {"text": _as_text, "json": _as_json}
