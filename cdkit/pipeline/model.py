"""The pipeline file as typed data: what stands in it, before any expression has a value."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cdkit.models.duration import Duration
from cdkit.pipeline.document import Node

STEP_NAME = r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$"
"""What a step may be called: its name stands in paths, labels and expressions."""

StepName = Annotated[str, Meta(pattern=STEP_NAME)]

Plain = Meta(extra={"expressions": False})
"""Marks a field of any content that may hold no `${{ }}`; of fields with a type only a step's options may hold it."""

_CONDITION = {"type": ["boolean", "string"], "pattern": r"^\s*\$\{\{((?!\}\})[\s\S])*\}\}\s*$"}
_SCALAR = {"type": ["string", "number", "boolean", "null"]}


class _FileStruct(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The keys of the file are written with dashes."""


class SecretSource(_FileStruct, frozen=True, kw_only=True):
    """Where a secret's value comes from: one of the three."""

    env: Annotated[str, Meta(description="The environment variable that holds the secret.")] = ""
    file: Annotated[
        str, Meta(description="The file that holds the secret; a line break at its end is not part of it.")
    ] = ""
    command: Annotated[
        list[str],
        Meta(description="A command that prints the secret: its program and arguments. No shell reads them."),
    ] = []


class EnvironmentSpec(_FileStruct, frozen=True, kw_only=True):
    """A place to deploy to, chosen with `--env`."""

    context: Annotated[str, Meta(description="The kube context; the current one when left out.")] = ""
    namespace: Annotated[str, Meta(description="The namespace; the context's own when left out.")] = ""
    patience: Annotated[
        float,
        Meta(
            gt=0,
            le=100,
            description="How much time what may pass by itself is given until it fails a rollout: 3 is three times as "
            "much as usual, for a slow cluster.",
        ),
    ] = 1.0
    vars: Annotated[
        dict[str, Node], Meta(description="Variables that replace those of the same name above."), Plain
    ] = {}
    approval: Annotated[
        bool, Meta(description="A run here must be approved: with --approve NAME, or at the prompt of a terminal.")
    ] = False
    manifests: Annotated[
        Node | None, Meta(description="What generated manifests shall say differently here."), Plain
    ] = None


class RetrySpec(_FileStruct, frozen=True, kw_only=True):
    """Trying again after a transient failure: a service that does not answer, never a test that fails."""

    attempts: Annotated[int, Meta(ge=1, le=20, description="How often to try in all.")] = 3
    delay: Annotated[Duration, Meta(description="The wait before the second attempt; it doubles each time.")] = (
        Duration(1)
    )
    max_delay: Annotated[Duration, Meta(description="The longest wait.")] = Duration(30)
    on: Annotated[
        list[str], Meta(description="The classes of errors after which to try again; docs/errors.md lists them.")
    ] = msgspec.field(default_factory=lambda: ["Unavailable"])


class StepSpec(_FileStruct, frozen=True, kw_only=True):
    """One step."""

    uses: Annotated[str, Meta(min_length=1, description="The kind of step; `cdkit steps` lists them.")]
    options: Annotated[Node | None, Meta(description="The step's options.")] = msgspec.field(default=None, name="with")
    needs: Annotated[list[str], Meta(description="Steps that must have succeeded before.")] = []
    when: Annotated[
        Node | None, Meta(description="Run only when this expression is true.", extra_json_schema=_CONDITION)
    ] = None
    env: Annotated[
        dict[str, Annotated[Node, Meta(extra_json_schema=_SCALAR)]],
        Meta(description="Environment variables for commands of the step."),
    ] = {}
    timeout: Annotated[Duration, Meta(description="The longest that the step may take, over all attempts.")] = Duration(
        1800
    )
    retry: Annotated[RetrySpec, Meta(description="Trying again when the world does not answer.")] = RetrySpec()
    continue_on_error: Annotated[bool, Meta(description="A failure of this step does not fail the run.")] = False

    matrix: Annotated[
        dict[str, Annotated[list[Node], Meta(min_length=1)]],
        Meta(description="Run the step once for each combination of these values, which are `matrix.NAME` in it."),
        Plain,
    ] = {}
    max_parallel: Annotated[int, Meta(ge=1, description="How many combinations may run at once.")] = 256


class DefaultsSpec(_FileStruct, frozen=True, kw_only=True):
    """What holds for every step that does not say otherwise."""

    env: Annotated[
        dict[str, Annotated[Node, Meta(extra_json_schema=_SCALAR)]],
        Meta(description="Environment variables that every step gets."),
    ] = {}
    timeout: Annotated[Duration, Meta(description="The longest that a step may take.")] = Duration(1800)
    retry: Annotated[RetrySpec, Meta(description="Trying again when the world does not answer.")] = RetrySpec()
    continue_on_error: Annotated[bool, Meta(description="A failure of a step does not fail the run.")] = False


class PipelineSpec(_FileStruct, frozen=True, kw_only=True):
    """A pipeline file."""

    name: Annotated[str, Meta(min_length=1, description="The application's name.")]
    include: Annotated[
        str | list[str], Meta(description="Files to take over, by paths from this one; what stands here wins.")
    ] = []
    plugins: Annotated[
        list[str], Meta(description="Python files with steps of the project's own, by paths from this file.")
    ] = []
    vars: Annotated[dict[str, Node], Meta(description="Values that expressions can use."), Plain] = {}
    secrets: Annotated[dict[str, SecretSource], Meta(description="Values that are never shown.")] = {}
    environments: Annotated[dict[str, EnvironmentSpec], Meta(description="Places to deploy to.")] = {}
    manifests: Annotated[
        Node | None,
        Meta(description="What generated manifests shall say; see docs/manifests.md."),
        Plain,
    ] = None
    defaults: Annotated[DefaultsSpec, Meta(description="What holds for every step.")] = DefaultsSpec()
    steps: Annotated[dict[StepName, StepSpec], Meta(description="The steps, by name.")]
    finally_: Annotated[
        dict[StepName, StepSpec], Meta(description="Steps that run at the end of every run, however it ends.")
    ] = msgspec.field(default={}, name="finally")


class Choices(msgspec.Struct, frozen=True):
    """What the command line says about a run.

    Attributes:
        environment: the name given with `--env`; empty when none was given.
        overrides: variables given with `--set`, which win over the file's.
    """

    environment: str = ""
    overrides: dict[str, Any] = {}
