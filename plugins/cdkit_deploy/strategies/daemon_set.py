"""A DaemonSet: its controller does all, node by node, at the pace that its `updateStrategy` says."""

from __future__ import annotations

from typing import Any

from cdkit_deploy.strategies.pace import Pace, written
from cdkit_deploy.strategies.strategy import ControlledStrategy


class DaemonSetStrategy(ControlledStrategy):
    """https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/."""

    kind = "DaemonSet"
    resource = "daemonsets"
    takes = takes_in_manifests = frozenset({"strategy: recreate", "surge", "unavailable", "min_ready"})

    def pace_patch(self, pace: Pace) -> dict[str, Any]:
        """`updateStrategy` and `minReadySeconds`. All nodes at once is what comes nearest to recreating."""
        rolling: dict[str, Any] = {}
        if pace.recreate:
            rolling = {"maxUnavailable": "100%"}
        elif pace.unavailable is not None:
            rolling["maxUnavailable"] = written(pace.unavailable)
        if pace.surge is not None:
            # Of the two only one may be above zero.
            rolling = {"maxUnavailable": 0, **rolling, "maxSurge": written(pace.surge)}
        spec: dict[str, Any] = (
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": rolling}} if rolling else {}
        )
        if pace.min_ready_seconds is not None:
            spec["minReadySeconds"] = pace.min_ready_seconds
        return spec
