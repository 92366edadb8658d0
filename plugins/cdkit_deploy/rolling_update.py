"""`rolling-update`: apply manifests, watch the rollout, and put everything back when it fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta

from cdkit.api import (
    Change,
    Duration,
    InvalidInput,
    Manifest,
    ObjectRef,
    Problem,
    Step,
    StepContext,
    StepOptions,
    StepOutputs,
    Unavailable,
    WorldFailed,
)
from cdkit_deploy.difference import ApplyPolicy, planned_changes
from cdkit_deploy.manifests import read_manifests, workloads_of
from cdkit_deploy.rollout import RolloutFailed, await_rollout, roll_back
from cdkit_deploy.undo import Before, remember

NEEDED = (
    ("get", "apps", "deployments"),
    ("patch", "apps", "deployments"),
    ("watch", "apps", "deployments"),
    ("patch", "", "services"),
    ("list", "", "pods"),
    ("watch", "", "pods"),
    ("list", "", "events"),
    ("get", "", "pods/log"),
)


class RollingUpdate(Step):
    """Apply manifests, watch the rollout to its end, and put everything back when it fails."""

    name = "rolling-update"
    permissions = NEEDED

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to apply."""

        manifests: Annotated[str, Meta(min_length=1, description="A file of manifests, or a folder of such files.")]
        wait: Annotated[Duration, Meta(description="How long the rollout may take before it counts as failed.")] = (
            Duration(600)
        )

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """What runs now."""

        workloads: Annotated[list[str], Meta(description="The workloads, as KIND/NAME.")]
        images: Annotated[list[str], Meta(description="The images that their pods run.")]
        changed: Annotated[bool, Meta(description="False when everything was already as wanted.")]

    options: Options

    def __init__(self, options: StepOptions) -> None:
        super().__init__(options)
        self._befores: dict[ObjectRef, Before] = {}

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The cluster answers, the namespace is there, the account may do it, and the manifests can be read."""
        ctx.cluster.version()
        yield from ctx.check_namespace()
        yield from ctx.check_permissions(NEEDED)
        if "manifests" not in ctx.pending:
            try:
                self._read(ctx)
            except InvalidInput as error:
                yield Problem(error.message, None, error.remedy)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """What applying would do to each object, asked by a dry run of the server."""
        if "manifests" in ctx.pending:
            return [Change("update", f"what {self.options.manifests.strip('()')} in {ctx.namespace}")]
        return planned_changes(ctx.cluster, self._read(ctx), ApplyPolicy(take_over=True))

    def run(self, ctx: StepContext) -> Outputs:
        """Apply everything in order, and watch every workload to the end of its rollout.

        Raises:
            RolledBack: it failed, and everything is as it was.
            RollbackFailed: it failed, and could not be put back.
        """
        objects = self._read(ctx)
        try:
            changed = [item["metadata"]["name"] for item in objects if self._apply(ctx, item)]
            for item in workloads_of(objects):
                ref = ObjectRef.of(item)
                ctx.say(f"{ref}: {await_rollout(ctx, ref, self.options.wait)}")
        except RolloutFailed as failed:
            raise roll_back(ctx, failed, list(self._befores.values()), self.options.wait) from failed
        if not changed:
            ctx.say("Everything runs as the manifests say already; nothing was changed.")
        return self._outputs(objects, changed=bool(changed))

    def _read(self, ctx: StepContext) -> list[Manifest]:
        return read_manifests(ctx.path(self.options.manifests), ctx.namespace)

    def _apply(self, ctx: StepContext, item: Manifest) -> bool:
        """Apply one object; gives whether that changed anything.

        Raises:
            RolloutFailed: the server refuses the object, after others were changed.
            WorldFailed: the server refuses the first of them, or does not answer.
        """
        ref = ObjectRef.of(item)
        # Of a second attempt, after the server did not answer, only the first one saw what was there before.
        before = self._befores.get(ref) or remember(ctx.cluster, ref)
        try:
            after = ctx.cluster.apply(item)
        except WorldFailed as error:
            if isinstance(error, Unavailable) or not self._befores:
                raise
            raise RolloutFailed(ref, f"{ref} could not be applied: {error.message}", None, error.evidence) from error
        self._befores[ref] = before
        if before.live is None:
            ctx.say(f"{ref} was created")
            return True
        changed = _version(before.live) != _version(after)
        ctx.say(f"{ref} was {'changed' if changed else 'not changed: it is as wanted'}")
        return changed

    def _outputs(self, objects: Sequence[Manifest], *, changed: bool) -> Outputs:
        workloads = workloads_of(objects)
        images = [
            container["image"] for item in workloads for container in item["spec"]["template"]["spec"]["containers"]
        ]
        names = [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in workloads]
        return self.Outputs(workloads=names, images=list(dict.fromkeys(images)), changed=changed)


def _version(item: Manifest) -> str:
    return str(item["metadata"]["resourceVersion"])
