"""`set-image`: give a container of a workload another image, and watch the rollout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import Meta

from cdkit.api import (
    Change,
    Duration,
    FieldChange,
    InvalidInput,
    Manifest,
    ObjectNotFound,
    ObjectRef,
    Problem,
    Step,
    StepContext,
    StepOptions,
    StepOutputs,
)
from cdkit_deploy.rollout import RolloutFailed, await_rollout, roll_back
from cdkit_deploy.undo import Before

Kind = Literal["deployment", "statefulset", "daemonset"]
_KINDS = {"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet"}


class SetImage(Step):
    """Give a container of a running workload another image, and watch the rollout to its end."""

    name = "set-image"
    permissions = (("patch", "apps", "deployments"), ("watch", "apps", "deployments"))

    class Options(StepOptions, frozen=True, kw_only=True):
        """Which container, and which image."""

        workload: Annotated[str, Meta(min_length=1, description="The workload's name.")]
        kind: Annotated[Kind, Meta(description="The workload's kind.")] = "deployment"
        container: Annotated[str, Meta(description="The container; the only one when left out.")] = ""
        image: Annotated[str, Meta(min_length=1, description="The image to run; best by digest.")]
        wait: Annotated[Duration, Meta(description="How long the rollout may take before it counts as failed.")] = (
            Duration(600)
        )

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """What runs now."""

        image: Annotated[str, Meta(description="The image that the container runs.")]
        previous: Annotated[str, Meta(description="The image that it ran before.")]
        changed: Annotated[bool, Meta(description="False when it ran the image already.")]

    options: Options

    def __init__(self, options: StepOptions) -> None:
        super().__init__(options)
        self._first_seen: Manifest | None = None

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The cluster answers, the workload and its container are there, and the account may change them."""
        resource = f"{self.options.kind}s"
        yield from ctx.check_permissions([("patch", "apps", resource), ("watch", "apps", resource)])
        live = ctx.cluster.get(self._ref(ctx))
        if live is None:
            yield Problem(f"There is no {self._ref(ctx)} in {ctx.namespace!r}.")
            return
        try:
            self._container(live)
        except InvalidInput as error:
            yield Problem(error.message, None, error.remedy)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The image before and after."""
        ref = self._ref(ctx)
        live = self._live(ctx)
        before = self._container(live)["image"]
        if before == self.options.image:
            return [Change("keep", str(ref), f"it runs {before} already")]
        path = f"spec.template.spec.containers[name={self._container(live)['name']}].image"
        return [Change("update", str(ref), fields=(FieldChange(path, before, self.options.image),))]

    def run(self, ctx: StepContext) -> Outputs:
        """Change the image where it differs, and watch the rollout.

        Raises:
            RolledBack: it failed, and the workload runs its old image again.
                RollbackFailed: it failed, and could not be put back.
            WorldFailed: it ran the image already, and is not well with it.
        """
        ref = self._ref(ctx)
        # Of a second attempt, after the server did not answer, only the first one saw what ran before.
        live = self._first_seen = self._first_seen or self._live(ctx)
        container = self._container(live)
        image, previous = self.options.image, container["image"]
        if image == previous:
            ctx.say(f"{ref} runs {image} already; nothing was changed.")
        else:
            ctx.say(f"{ref}, container {container['name']}: {previous} -> {image}")
            ctx.cluster.patch(ref, _image_patch(container["name"], image), "strategic")
        try:
            ctx.say(f"{ref}: {await_rollout(ctx, ref, self.options.wait)}")
        except RolloutFailed as failed:
            if image == previous:
                raise failed.as_found() from failed
            raise roll_back(ctx, failed, [Before(ref, live)], self.options.wait) from failed
        return self.Outputs(image=image, previous=previous, changed=image != previous)

    def _ref(self, ctx: StepContext) -> ObjectRef:
        return ObjectRef("apps/v1", _KINDS[self.options.kind], self.options.workload, ctx.namespace)

    def _live(self, ctx: StepContext) -> Manifest:
        live = ctx.cluster.get(self._ref(ctx))
        if live is None:
            raise ObjectNotFound(f"There is no {self._ref(ctx)} in {ctx.namespace!r}.")
        return live

    def _container(self, live: Manifest) -> dict[str, Any]:
        containers: list[dict[str, Any]] = live["spec"]["template"]["spec"]["containers"]
        names = [container["name"] for container in containers]
        wanted = self.options.container or (names[0] if len(names) == 1 else "")
        found = next((container for container in containers if container["name"] == wanted), None)
        if found is None:
            where = f"{live['kind']} {live['metadata']['name']}"
            what = f"no container {wanted!r}" if wanted else "several containers"
            raise InvalidInput(f"{where} has {what}.", remedy=f"Say which under `container:`: {', '.join(names)}.")
        return found


def _image_patch(container: str, image: str) -> dict[str, Any]:
    """A strategic merge patch: containers are merged by name, so the others stay as they are."""
    return {"spec": {"template": {"spec": {"containers": [{"name": container, "image": image}]}}}}
