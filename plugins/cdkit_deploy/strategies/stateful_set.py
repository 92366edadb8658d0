"""A StatefulSet: its controller replaces one pod after the other, from the highest number down to the partition."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from cdkit.api import Duration, Manifest, ObjectRef, StepContext
from cdkit_deploy.rollout import await_rollout
from cdkit_deploy.strategies.images import ImageChange
from cdkit_deploy.strategies.pace import Pace, written
from cdkit_deploy.strategies.strategy import ControlledStrategy
from cdkit_deploy.transaction.patience import patiently

DESIRED = "cdkit.dev/desired-replicas"
"""Annotation: how many pods there are to be again, while a StatefulSet is scaled down to be recreated."""


class StatefulSetStrategy(ControlledStrategy):
    """https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies."""

    kind = "StatefulSet"
    resource = "statefulsets"
    takes_in_manifests = frozenset({"unavailable", "partition", "min_ready"})
    takes = takes_in_manifests | {"strategy: recreate"}

    def pace_patch(self, pace: Pace) -> dict[str, Any]:
        """`updateStrategy` and `minReadySeconds`."""
        rolling: dict[str, Any] = {}
        if pace.partition is not None:
            rolling["partition"] = pace.partition
        if pace.unavailable is not None:
            rolling["maxUnavailable"] = written(pace.unavailable)
        spec: dict[str, Any] = (
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": rolling}} if rolling else {}
        )
        if pace.min_ready_seconds is not None:
            spec["minReadySeconds"] = pace.min_ready_seconds
        return spec

    def roll_out(
        self, ctx: StepContext, live: Manifest, changes: Sequence[ImageChange], pace: Pace, longest: Duration
    ) -> str:
        """As the controller does it; or all pods away first, and then back with the new images."""
        if not pace.recreate:
            return super().roll_out(ctx, live, changes, pace, longest)
        ref, desired = ObjectRef.of(live), _desired(live)
        ctx.say(f"Scaling {ref} down to 0.")
        noted = {"metadata": {"annotations": {DESIRED: str(desired)}}, "spec": {"replicas": 0}}
        patiently(ctx, str(ref), lambda: ctx.cluster.patch(ref, noted, "merge"))
        await_rollout(ctx, ref, longest)
        ctx.say(f"Scaling {ref} up to {desired} again.")
        self._set(ctx, live, changes, {**self.pace_patch(pace), "replicas": desired}, {DESIRED: None})
        return await_rollout(ctx, ref, longest)

    def undo(self, ctx: StepContext, live: Manifest, longest: Duration) -> str:
        """Back to what it was; where it was being recreated, to what it was before that."""
        before = copy.deepcopy(live)
        before["spec"]["replicas"] = _desired(live)
        (before["metadata"].get("annotations") or {}).pop(DESIRED, None)
        return super().undo(ctx, before, longest)


def _desired(live: Manifest) -> int:
    """How many pods there are to be, also in a StatefulSet that an interrupted update has left scaled down."""
    noted = (live["metadata"].get("annotations") or {}).get(DESIRED, "")
    return int(noted) if noted.isdecimal() else int(live["spec"].get("replicas", 1))
