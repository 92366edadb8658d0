"""`run-test-pod`: tests in a pod of the cluster."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta

from cdkit.api import (
    Change,
    Decision,
    Duration,
    ObjectRef,
    Problem,
    Quantity,
    Step,
    StepContext,
    StepOptions,
    StepOutputs,
    WorkFailed,
    WorldFailed,
)
from cdkit_pods.log_stream import LogStream
from cdkit_pods.manifest import CONTAINER, TestPod

NEEDED = (
    ("create", "", "pods"),
    ("delete", "", "pods"),
    ("watch", "", "pods"),
    ("list", "", "events"),
    ("get", "", "pods/log"),
)


class RunTestPod(Step):
    """Run tests in a pod of the cluster, show their log, and remove the pod."""

    name = "run-test-pod"
    permissions = NEEDED

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to run in the pod."""

        image: Annotated[str, Meta(min_length=1, description="The image that holds the tests.")]
        command: Annotated[
            str | list[str],
            Meta(description="Replaces the image's own command. No shell reads it: a text is split at its spaces."),
        ] = []
        env: Annotated[dict[str, str], Meta(description="Environment variables of the tests.")] = {}
        service_account: Annotated[
            str, Meta(description="The service account of the pod; without one it gets no token.")
        ] = ""
        pull_secrets: Annotated[list[str], Meta(description="Secrets of the namespace with registry logins.")] = []
        cpu: Annotated[
            Quantity | None, Meta(description="The processor time that the tests ask for and may use: `500m`, `2`.")
        ] = None
        memory: Annotated[
            Quantity | None,
            Meta(description="The memory that the tests ask for and may use: `512Mi`; more kills them."),
        ] = None
        longest: Annotated[
            Duration, Meta(description="The kubelet ends the pod after this time, also when nobody watches any more.")
        ] = Duration(3600)

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """How the tests ended."""

        pod: Annotated[str, Meta(description="The pod's name, for its events; the pod itself is gone.")]
        exit_code: Annotated[int, Meta(description="The exit code, which is 0: any other fails the step.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The cluster answers, the namespace is there, and the account may run pods in it."""
        yield from ctx.check_namespace()
        yield from ctx.check_permissions(NEEDED)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The pod that would come and go."""
        command = shlex.join(self._command()) or "the image's own command"
        return [Change("run", f"{command} in a pod of {self.options.image}", "it is removed afterwards")]

    def run(self, ctx: StepContext) -> Outputs:
        """Run the pod to its end.

        Raises:
            WorkFailed: the tests ended with another exit code than 0.
            WorldFailed: the pod could not run them.
        """
        created = ctx.cluster.create(self._pod(ctx).manifest())
        ref = ObjectRef.of(created)
        ctx.defer(f"delete {ref} in {ref.namespace!r}", lambda: _delete(ctx, ref))
        ctx.say(f"{ref} in {ref.namespace}")
        log = LogStream(ctx, ref, CONTAINER)
        decision = ctx.follow_pod(ref, CONTAINER, on_look=log.look_at)
        last = log.finish()
        if decision.state == "failed":
            raise _error(ctx, ref, decision, last)
        return self.Outputs(pod=ref.name, exit_code=0)

    def _command(self) -> list[str]:
        command = self.options.command
        return shlex.split(command) if isinstance(command, str) else list(command)

    def _pod(self, ctx: StepContext) -> TestPod:
        options = self.options
        return TestPod(
            step=ctx.step,
            run_id=ctx.run_id,
            namespace=ctx.namespace,
            image=options.image,
            command=self._command(),
            env=options.env,
            service_account=options.service_account,
            pull_secrets=options.pull_secrets,
            resources={
                name: str(amount) for name, amount in (("cpu", options.cpu), ("memory", options.memory)) if amount
            },
            longest=max(1, int(options.longest)),
        )


def _delete(ctx: StepContext, ref: ObjectRef) -> None:
    ctx.cluster.delete(ref, grace_seconds=1)


def _error(ctx: StepContext, ref: ObjectRef, decision: Decision, last: Sequence[str]) -> WorkFailed | WorldFailed:
    cause = decision.cause
    if cause is None:
        return WorldFailed(f"{decision.verdict.summary}.")
    if cause.id == "command-failed":
        return WorkFailed(cause.sentence, remedy=cause.remedy, cause=cause.id, evidence=last or cause.evidence)
    proven = cause if last else ctx.with_log(ref.namespace, cause)
    evidence = [*proven.evidence, *(f"  {line}" for line in last)]
    return WorldFailed(proven.sentence, remedy=proven.remedy, cause=proven.id, evidence=evidence)
