"""The pipeline file as typed data: what stands in it, before any expression has a value."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cdkit.models.duration import Duration
from cdkit.pipeline.document import Node


class _FileStruct(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The keys of the file are written with dashes."""


class SecretSource(_FileStruct, frozen=True, kw_only=True):
    """Where a secret's value comes from."""

    env: Annotated[str, Meta(description="The environment variable that holds the secret.")]


class EnvironmentSpec(_FileStruct, frozen=True, kw_only=True):
    """A place to deploy to, chosen with `--env`."""

    context: Annotated[str, Meta(description="The kube context; the current one when left out.")] = ""
    namespace: Annotated[str, Meta(description="The namespace; the context's own when left out.")] = ""
    vars: Annotated[dict[str, Node], Meta(description="Variables that replace those of the same name above.")] = {}


class RetrySpec(_FileStruct, frozen=True, kw_only=True):
    """Trying again after a transient failure: a service that does not answer, never a test that fails."""

    attempts: Annotated[int, Meta(ge=1, le=20, description="How often to try in all.")] = 3
    delay: Annotated[Duration, Meta(description="The wait before the second attempt; it doubles each time.")] = (
        Duration(1)
    )
    max_delay: Annotated[Duration, Meta(description="The longest wait.")] = Duration(30)


class StepSpec(_FileStruct, frozen=True, kw_only=True):
    """One step."""

    uses: Annotated[str, Meta(description="The kind of step; `cdkit steps` lists them.")]
    options: Annotated[Node | None, Meta(description="The step's options.")] = msgspec.field(default=None, name="with")
    needs: Annotated[list[str], Meta(description="Steps that must have succeeded before.")] = []
    when: Annotated[Node | None, Meta(description="Run only when this expression is true.")] = None
    env: Annotated[dict[str, Node], Meta(description="Environment variables for commands of the step.")] = {}
    timeout: Annotated[Duration, Meta(description="The longest that the step may take, over all attempts.")] = Duration(
        1800
    )
    retry: Annotated[RetrySpec, Meta(description="Trying again when the world does not answer.")] = RetrySpec()
    continue_on_error: Annotated[bool, Meta(description="A failure of this step does not fail the run.")] = False


class PipelineSpec(_FileStruct, frozen=True, kw_only=True):
    """A pipeline file."""

    name: Annotated[str, Meta(description="The application's name.")]
    vars: Annotated[dict[str, Node], Meta(description="Values that expressions can use.")] = {}
    secrets: Annotated[dict[str, SecretSource], Meta(description="Values that are never shown.")] = {}
    environments: Annotated[dict[str, EnvironmentSpec], Meta(description="Places to deploy to.")] = {}
    steps: Annotated[dict[str, StepSpec], Meta(description="The steps, by name.")]


class Choices(msgspec.Struct, frozen=True):
    """What the command line says about a run.

    Attributes:
        environment: the name given with `--env`; empty when none was given.
        overrides: variables given with `--set`, which win over the file's.
    """

    environment: str = ""
    overrides: dict[str, Any] = {}
