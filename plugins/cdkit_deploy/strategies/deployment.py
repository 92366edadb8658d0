"""A Deployment: its controller does all, at the pace that its `strategy` says."""

from __future__ import annotations

from typing import Any

from cdkit_deploy.strategies.pace import Pace, written
from cdkit_deploy.strategies.strategy import ControlledStrategy


class DeploymentStrategy(ControlledStrategy):
    """https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy."""

    kind = "Deployment"
    resource = "deployments"
    takes = takes_in_manifests = frozenset({"strategy: recreate", "surge", "unavailable", "min_ready"})

    def pace_patch(self, pace: Pace) -> dict[str, Any]:
        """`strategy` and `minReadySeconds`."""
        spec: dict[str, Any] = {}
        shares = {"maxSurge": pace.surge, "maxUnavailable": pace.unavailable}
        rolling = {name: written(share) for name, share in shares.items() if share is not None}
        if pace.recreate:
            spec["strategy"] = {"type": "Recreate", "rollingUpdate": None}
        elif rolling:
            spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
        if pace.min_ready_seconds is not None:
            spec["minReadySeconds"] = pace.min_ready_seconds
        return spec
