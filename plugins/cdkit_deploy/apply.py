"""`apply`: bring a namespace to what the manifests say, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cdkit.api import Change, InvalidInput, Manifest, Problem, Step, StepContext, StepOutputs, both
from cdkit_deploy.ledger.options import KEEPING_RECORDS
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.turn.options import TAKING_TURNS

if TYPE_CHECKING:
    # Every command knows the steps; few of them deploy.
    from cdkit_deploy.transaction.deploy import Deployed

ALWAYS_NEEDED = (("get", "", "pods/log"), *KEEPING_RECORDS, *TAKING_TURNS)
"""What every deployment needs; what its objects need beside that depends on their kinds."""

NEEDED = (
    *((verb, "apps", "deployments") for verb in ("get", "list", "patch", "watch")),
    *((verb, "apps", "replicasets") for verb in ("list", "watch")),
    *((verb, "", resource) for resource in ("pods", "events") for verb in ("list", "watch")),
    ("patch", "", "services"),
    *ALWAYS_NEEDED,
)
"""What a deployment of a usual application needs."""


class DeployOutputs(StepOutputs, frozen=True, kw_only=True):
    """What runs now."""

    workloads: Annotated[list[str], Meta(description="The workloads, as KIND/NAME.")]
    images: Annotated[list[str], Meta(description="The images that their pods run.")]
    changed: Annotated[bool, Meta(description="False when everything was already as wanted.")]
    revision: Annotated[int, Meta(description="The revision in the cluster's own records.")]

    @classmethod
    def of(cls, deployed: Deployed) -> DeployOutputs:
        """What a deployment hands on."""
        from cdkit_deploy.workloads import images_of, workloads_of

        workloads = [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in workloads_of(deployed.manifests)]
        return cls(
            workloads=workloads,
            images=list(images_of(deployed.manifests)),
            changed=deployed.changed,
            revision=deployed.record.revision,
        )


class Apply(Step):
    """Apply manifests in order, wait until all is ready, remove what is no longer wanted, and undo all on a failure."""

    name = "apply"
    permissions = NEEDED

    class Options(DeployOptions, frozen=True, kw_only=True):
        """What to deploy, and how."""

        manifests: Annotated[str, Meta(min_length=1, description="A file of manifests, or a folder of such files.")]

    Outputs = DeployOutputs
    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The manifests can be read, the namespace is there, and nothing stands in the way of deploying them."""
        from cdkit_deploy.transaction.look import look

        objects: list[Manifest] = []
        if "manifests" not in ctx.pending:
            try:
                objects = [item for item in self._read(ctx) if self.options.chooses(item["kind"])]
            except InvalidInput as error:
                yield Problem(error.message, None, error.remedy)
        missing = _missing(ctx, objects)
        yield from missing
        if not missing and self.options.preflight == "all":
            yield from look(ctx, objects, self.options, ALWAYS_NEEDED)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """What applying would do to each object, asked by a dry run of the server, and what would be removed."""
        if "manifests" in ctx.pending:
            return [Change("update", f"what {self.options.manifests.strip('()')} in {ctx.namespace}")]
        from cdkit_deploy.transaction.preview import preview

        return preview(ctx, self._read(ctx), self.options)

    def run(self, ctx: StepContext) -> DeployOutputs:
        """Deploy.

        Raises:
            RolledBack: it failed, and everything is as it was.
            RollbackFailed: it failed, and could not be put back.
        """
        from cdkit_deploy.transaction.deploy import Wanted, deploy

        objects = self._read(ctx)
        return DeployOutputs.of(deploy(ctx, Wanted(objects, ctx.build.commit, ctx.step), self.options))

    def _read(self, ctx: StepContext) -> list[Manifest]:
        from cdkit_deploy.manifests import manifests_of_step

        return manifests_of_step(ctx, ctx.path(self.options.manifests))


def _missing(ctx: StepContext, objects: Iterable[Manifest]) -> list[Problem]:
    """What has to be there before all else: an API server that answers, and the namespace unless it comes along."""
    if any(item["kind"] == "Namespace" and item["metadata"]["name"] == ctx.namespace for item in objects):
        ctx.cluster.version()
        return []
    _, missing = both(ctx.cluster.version, lambda: list(ctx.check_namespace()))
    return missing
