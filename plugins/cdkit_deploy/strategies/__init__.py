"""How each kind of workload gets new images; one file a kind, imported when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cdkit_deploy.strategies.strategy import Strategy

Kind = Literal["deployment", "statefulset", "daemonset", "cronjob", "replicationcontroller"]
"""The kinds, as people write them in a pipeline file."""


def strategy_for(kind: Kind) -> Strategy:
    """How workloads of a kind get new images."""
    if kind == "statefulset":
        from cdkit_deploy.strategies.stateful_set import StatefulSetStrategy

        return StatefulSetStrategy()
    if kind == "daemonset":
        from cdkit_deploy.strategies.daemon_set import DaemonSetStrategy

        return DaemonSetStrategy()
    if kind == "cronjob":
        from cdkit_deploy.strategies.cron_job import CronJobStrategy

        return CronJobStrategy()
    if kind == "replicationcontroller":
        from cdkit_deploy.strategies.replication_controller import ReplicationControllerStrategy

        return ReplicationControllerStrategy()
    from cdkit_deploy.strategies.deployment import DeploymentStrategy

    return DeploymentStrategy()
