"""Puts the rooms together for one run."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cdkit.cli.arguments import assigned
from cdkit.cli.project_plugins import project_plugins
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.document import Node, parse_scalar
from cdkit.pipeline.include import PLUGINS, read_pipeline
from cdkit.pipeline.load import load_document
from cdkit.pipeline.model import Choices
from cdkit.pipeline.pipeline import Pipeline
from cdkit.plugin.installed import PluginEntry, installed_plugins
from cdkit.plugin.manager import StepRegistry, load_steps
from cdkit.servers.trust import is_untrusted

if TYPE_CHECKING:
    # `cdkit validate` needs no engine, and has less than 0.2 s.
    from cdkit.engine.secrets import Secrets
    from cdkit.engine.session import Session
    from cdkit.engine.stream import Reporter
    from cdkit.models.build import Build


def load_registry(own: Sequence[PluginEntry] = ()) -> StepRegistry:
    """The steps of all installed plugins, and of those that are given; one that is broken is named on stderr."""
    registry = load_steps([*installed_plugins(), *own])
    names = {plugin.name for plugin in own}
    for broken in (broken for broken in registry.broken if broken.name not in names):
        sys.stderr.write(f"warning: the plugin {broken.name!r} is left out: {broken.reason}\n")
    return registry


def load_pipeline(file: str, environment: str, assignments: Sequence[str]) -> Pipeline:
    """The pipeline of a file, for an environment, with variables from the command line.

    Raises:
        InvalidInput: the file or the arguments are wrong.
    """
    overrides = {name: parse_scalar(value, f"--set {name}") for name, value in assigned(assignments).items()}
    problems: list[Problem] = []
    document = read_pipeline(file, problems)
    own = project_plugins(document, file, problems, untrusted=is_untrusted(os.environ))
    registry = load_registry(own)
    problems += [
        Problem(f"The plugin {broken.name} cannot be used: {broken.reason}.", _place_of(document, broken.name))
        for broken in registry.broken
        if broken.name in {plugin.name for plugin in own}
    ]
    pipeline = load_document(document, file, registry.steps, Choices(environment, overrides), problems)
    return msgspec.structs.replace(pipeline, extensions=registry.extensions)


def declared_environments(file: str) -> list[str]:
    """The names under `environments`, as far as the file can be read; what is wrong with it is for others to say."""
    document = read_pipeline(file, [])
    section = document.value.get("environments") if isinstance(document.value, dict) else None
    return list(section.value) if section is not None and isinstance(section.value, dict) else []


def _place_of(document: Node, plugin: str) -> Position | None:
    return next((leaf.position for leaf in document.value[PLUGINS].value if leaf.value == plugin), None)


def new_run_id() -> str:
    """Sorts by time and differs also between two runs that start at once."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(2).hex()}"


def open_session(pipeline: Pipeline, run_id: str, *, record: bool, reporters: Sequence[Reporter]) -> Session:
    """A session on the real world.

    Args:
        pipeline: what to run.
        run_id: the run's id.
        record: write a journal.
        reporters: who shows what happens.
    """
    from cdkit.clients.real_world import RealWorld
    from cdkit.engine.child_environment import for_children
    from cdkit.engine.journal import Journal, run_folder
    from cdkit.engine.session import Session
    from cdkit.engine.stream import EventStream
    from cdkit.flow.clock import SystemClock
    from cdkit.redact import Redactor

    clock = SystemClock()
    found = _read_secrets(pipeline)
    redactor = Redactor(found.values.values())
    journal = Journal(run_folder(pipeline.workspace, run_id)) if record else None
    return Session(
        run_id,
        pipeline,
        clock=clock,
        world=RealWorld(),
        stream=EventStream(clock, redactor, journal, reporters),
        redactor=redactor,
        read_build=lambda: _read_build(pipeline.workspace),
        secrets=found,
        environ=for_children(os.environ),
    )


def _read_secrets(pipeline: Pipeline) -> Secrets:
    from cdkit.engine.secrets import read_secrets, withheld

    if pipeline.secrets and is_untrusted(os.environ):
        return withheld(pipeline.secrets, "the build is of an untrusted pull request, which gets no secrets")
    return read_secrets(pipeline.secrets, os.environ, pipeline.workspace)


def _read_build(workspace: Path) -> Build:
    from cdkit.clients.git_repository import read_build_facts
    from cdkit.servers.detect import detect

    return detect(os.environ, read_build_facts(str(workspace)))
