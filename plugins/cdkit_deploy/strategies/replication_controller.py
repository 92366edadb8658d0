"""A ReplicationController replaces no pods by itself: a second one is made, and takes them over bit by bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdkit.api import Cluster, Duration, Manifest, ObjectRef, Permission, Refused, StepContext
from cdkit_deploy.rollout import await_gone, await_rollout
from cdkit_deploy.strategies.alternation import Bounds
from cdkit_deploy.strategies.controllers import (
    DESIRED,
    NEXT,
    ORIGINAL,
    annotation,
    mark_of,
    next_controller,
    next_name,
    orphans_of,
    pods_of,
    reference,
    replicas_of,
    tell_apart,
)
from cdkit_deploy.strategies.handover import Handover
from cdkit_deploy.strategies.images import ImageChange, images_of, with_images
from cdkit_deploy.strategies.pace import Pace
from cdkit_deploy.strategies.strategy import Strategy
from cdkit_deploy.transaction.patience import patiently

GONE = Duration(60)
"""How long the garbage collector may take to let go of pods."""


class ReplicationControllerStrategy(Strategy):
    """The classic rolling update, which goes on where an earlier run was interrupted.

    https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/#rolling-updates
    """

    kind = "ReplicationController"
    resource = "replicationcontrollers"
    versions = ("v1",)
    takes = frozenset({"strategy: recreate", "surge", "unavailable", "min_ready"})

    def permissions(self) -> tuple[Permission, ...]:
        """Also to make the second one, and to label pods."""
        made = tuple((verb, "", self.resource) for verb in ("create", "delete"))
        return (*super().permissions(), *made, ("list", "", "pods"), ("patch", "", "pods"))

    def is_under_way(self, live: Manifest) -> bool:
        """Whether it has a successor that has not taken over yet."""
        return bool(annotation(live, NEXT))

    def refuse_to_mix(self, cluster: Cluster, live: Manifest, changes: Sequence[ImageChange]) -> None:
        """An update that was interrupted may go on, or be taken back; it cannot become another one."""
        template = with_images(self.template_of(live), changes)
        if self.is_under_way(live) and not self._takes_back(live, template):
            self._successor(cluster, live, template)

    def roll_out(
        self, ctx: StepContext, live: Manifest, changes: Sequence[ImageChange], pace: Pace, longest: Duration
    ) -> str:
        """Bring new images; an update that was interrupted goes on.

        Raises:
            Refused: the update that was interrupted was one to other images.
            RolloutFailed: the new pods do not become available.
        """
        template = with_images(self.template_of(live), changes)
        return self.bring_template(ctx, live, template, pace, longest)

    def bring_template(
        self, ctx: StepContext, live: Manifest, template: Mapping[str, Any], pace: Pace, longest: Duration
    ) -> str:
        """Bring another pod template, as `roll_out` does with other images."""
        if self._takes_back(live, template):
            ctx.say(f"The update of {ObjectRef.of(live)} that was interrupted is taken back.")
            return self._take_back(ctx, live, longest)
        desired = _desired(live)
        bounds = Bounds.of(desired, pace)
        old, new = ObjectRef.of(live), self._successor(ctx.cluster, live, template)
        if annotation(live, NEXT) == new.name:
            ctx.say(f"The update of {old} was interrupted: it goes on.")
        ctx.cluster.patch(old, _noted(new.name, desired), "merge")
        tell_apart(ctx, live)
        made = next_controller(live, template, desired, pace.min_ready_seconds)
        self._make(ctx, made, annotation(live, NEXT))
        Handover(ctx, old, new, bounds, longest).carry_out()
        self._take_its_place(ctx, old, new)
        return await_rollout(ctx, old, longest)

    def undo(self, ctx: StepContext, live: Manifest, longest: Duration) -> str:
        """Give the pods back to the controller that had them."""
        now = ctx.cluster.get(ObjectRef.of(live)) or live
        if self.is_under_way(now):
            self._take_back(ctx, now, longest)
        elif images_of(self.template_of(now)) != images_of(self.template_of(live)):
            self.bring_template(ctx, now, self.template_of(live), Pace(), longest)
        return f"{ObjectRef.of(live)} was put back"

    def _takes_back(self, live: Manifest, template: Mapping[str, Any]) -> bool:
        """Whether to bring a template is to undo the update that was interrupted."""
        return self.is_under_way(live) and mark_of(template) == mark_of(self.template_of(live))

    def _successor(self, cluster: Cluster, old: Manifest, template: Mapping[str, Any]) -> ObjectRef:
        """The controller that takes over: the one of the update that was interrupted, or another one.

        Raises:
            Refused: an update to other images has come too far to be forgotten.
        """
        namespace = old["metadata"]["namespace"]
        begun, wanted = annotation(old, NEXT), next_name(old, template)
        if not begun or begun == wanted:
            return reference(wanted, namespace)
        other = cluster.get(reference(begun, namespace))
        if other is None and replicas_of(old) >= _desired(old):
            return reference(wanted, namespace)
        if other is not None and images_of(self.template_of(other)) == images_of(template):
            return ObjectRef.of(other)
        to = ", ".join(images_of(self.template_of(other)).values()) if other is not None else begun
        raise Refused(
            f"An update of {ObjectRef.of(old)} to {to} was interrupted, and is not one to what is wanted now.",
            remedy="Finish it with the same image, or take it back by setting the image that ran before; then go on.",
        )

    def _make(self, ctx: StepContext, made: Manifest, begun: str) -> None:
        """Make the new controller; pods of it that an interrupted run has left without one are counted in.

        Args:
            ctx: the step's context.
            made: the new controller, without a pod.
            begun: the name of the one that an interrupted run has made; empty when there was none.
        """
        ref = ObjectRef.of(made)
        if ctx.cluster.get(reference(begun or ref.name, ref.namespace)) is None:
            left = pods_of(ctx.cluster, made["spec"]["selector"], ref.namespace)
            ctx.cluster.create({**made, "spec": {**made["spec"], "replicas": len(left)}})

    def _take_its_place(self, ctx: StepContext, old: ObjectRef, new: ObjectRef) -> None:
        """Let the old name have the new pods: the new controller lets go of them, and the old one takes them.

        The old one has no pods then, so nothing is lost between the two; it wants them only once they are free, or it
        would make as many again.
        """
        live = ctx.cluster.get(new)
        if live is None:
            return
        ctx.cluster.delete(new, orphan=True)
        await_gone(ctx, [new], GONE)
        spec = live["spec"]
        ctx.cluster.patch(
            old,
            [
                {"op": "add", "path": "/spec/template", "value": spec["template"]},
                {"op": "add", "path": "/spec/selector", "value": spec["selector"]},
                {"op": "add", "path": "/spec/replicas", "value": spec["replicas"]},
                {"op": "add", "path": "/spec/minReadySeconds", "value": spec.get("minReadySeconds", 0)},
                *(
                    {"op": "remove", "path": f"/metadata/annotations/{name.replace('/', '~1')}"}
                    for name in (NEXT, ORIGINAL)
                ),
            ],
            "json",
        )

    def _take_back(self, ctx: StepContext, old: Manifest, longest: Duration) -> str:
        """Give the pods of an update that is under way back to the old controller, and remove the new one."""
        ref, desired = ObjectRef.of(old), _desired(old)
        new = reference(annotation(old, NEXT), ref.namespace)
        if ctx.cluster.get(new) is not None:
            Handover(ctx, new, ref, Bounds(desired, desired * 2, desired), longest).carry_out()
            ctx.cluster.delete(new)
            await_gone(ctx, [new], longest)
        _merge(ctx, ref, {"spec": {"replicas": desired}})
        summary = await_rollout(ctx, ref, longest)
        for pod in orphans_of(ctx.cluster, old, new.name):
            ctx.cluster.delete(ObjectRef.of(pod))
        _merge(ctx, ref, {"metadata": {"annotations": {NEXT: None, ORIGINAL: None}}})
        return summary


def _merge(ctx: StepContext, ref: ObjectRef, patch: Manifest) -> None:
    """Change fields, also when the server stumbles: the same twice is as good as once."""
    patiently(ctx, str(ref), lambda: ctx.cluster.patch(ref, patch, "merge"))


def _desired(old: Manifest) -> int:
    """How many pods there are to be: those of the old controller, before it began to hand them over."""
    noted = annotation(old, ORIGINAL) or annotation(old, DESIRED)
    return int(noted) if noted.isdecimal() else replicas_of(old)


def _noted(successor: str, desired: int) -> Manifest:
    return {"metadata": {"annotations": {NEXT: successor, ORIGINAL: str(desired)}}}
