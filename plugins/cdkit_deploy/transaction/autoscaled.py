"""Workloads whose number of replicas belongs to an autoscaler.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cdkit.api import AccessDenied, Manifest, ObjectConflict, ObjectQuery, ObjectRef, StepContext
from cdkit_deploy.managed_fields import applied_by_us
from cdkit_deploy.transaction.live import Key
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.transaction.target import Target

HANDOVER = "cdkit-replicas"
"""The field manager that keeps `replicas` in an object when we give it up: a field without an owner is reset."""

ATTEMPTS = 5
"""The autoscaler may scale in the very moment in which we hand over."""

_AUTOSCALER = "HorizontalPodAutoscaler"


def without_autoscaled_replicas(ctx: StepContext, objects: Sequence[Manifest]) -> list[Manifest]:
    """The objects, without `replicas` where an autoscaler of theirs or of the cluster decides about it."""
    scalable = {Key.of(ObjectRef.of(item)) for item in objects if "replicas" in (item.get("spec") or {})}
    if not scalable:
        return list(objects)
    scaled = _targets(item for item in objects if item["kind"] == _AUTOSCALER)
    if not scalable <= scaled:
        scaled |= _targets(_live_autoscalers(ctx))
    return [_without_replicas(item) if Key.of(ObjectRef.of(item)) in scaled else item for item in objects]


def hand_over_replicas(ctx: StepContext, targets: Iterable[Target]) -> None:
    """Give up `replicas` where we applied it and do not any more, without the server resetting it to 1."""
    for target in targets:
        if target.live is not None and _gives_up_replicas(target.manifest, target.live):
            _hand_over(ctx, target.live)


def _hand_over(ctx: StepContext, live: Manifest) -> None:
    ref = ObjectRef.of(live)
    now: Manifest | None = live
    conflict: ObjectConflict | None = None
    for _ in range(ATTEMPTS):
        if now is None:
            return
        try:
            _apply_as_heir(ctx, now)
        except ObjectConflict as error:
            now, conflict = patiently(ctx, str(ref), lambda: ctx.cluster.get(ref)), error
        else:
            return
    if conflict is not None:
        raise conflict


def _apply_as_heir(ctx: StepContext, live: Manifest) -> None:
    wanted = _replicas_only(live)
    patiently(ctx, str(ObjectRef.of(live)), lambda: ctx.cluster.apply(wanted, force=False, manager=HANDOVER))


def _replicas_only(live: Manifest) -> Manifest:
    metadata = {name: live["metadata"][name] for name in ("name", "namespace")}
    spec = {"replicas": live["spec"]["replicas"]}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata, "spec": spec}


def _gives_up_replicas(wanted: Manifest, live: Manifest) -> bool:
    if "replicas" in (wanted.get("spec") or {}) or "replicas" not in (live.get("spec") or {}):
        return False
    return "replicas" in ((applied_by_us(live) or {}).get("spec") or {})


def _live_autoscalers(ctx: StepContext) -> list[Manifest]:
    query = ObjectQuery("autoscaling/v1", _AUTOSCALER, ctx.namespace)
    try:
        return patiently(ctx, "the autoscalers", lambda: ctx.cluster.list(query))[0]
    except AccessDenied:
        ctx.warn(
            f"The account may not list the autoscalers of {ctx.namespace!r}: "
            "`replicas` of a workload is set as the manifests say, also where an autoscaler has changed it."
        )
        return []


def _targets(autoscalers: Iterable[Manifest]) -> set[Key]:
    return {_target(item) for item in autoscalers}


def _target(autoscaler: Manifest) -> Key:
    target: dict[str, Any] = (autoscaler.get("spec") or {}).get("scaleTargetRef") or {}
    version, kind, name = (str(target.get(field, "")) for field in ("apiVersion", "kind", "name"))
    return Key.of(ObjectRef(version, kind, name, autoscaler["metadata"].get("namespace", "")))


def _without_replicas(item: Manifest) -> Manifest:
    return item | {"spec": {name: value for name, value in item["spec"].items() if name != "replicas"}}
