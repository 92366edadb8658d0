"""Pods that no controller replaces when a manifest changes: those of a ReplicationController."""

from __future__ import annotations

from cdkit.api import Duration, Manifest, StepContext
from cdkit_deploy.strategies.controllers import mark_of
from cdkit_deploy.strategies.pace import Pace
from cdkit_deploy.strategies.replication_controller import ReplicationControllerStrategy
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.transaction.target import Target

LONGEST = Duration(600)
"""How long it may take until all pods are replaced."""


def replace_pods(ctx: StepContext, target: Target) -> None:
    """Replace the pods of a ReplicationController where its template changes, before the rest of it is applied.

    Raises:
        RolloutFailed: the new pods do not become available.
        Refused: an update to something else was interrupted, and has to be ended first.
    """
    live, strategy = target.live, ReplicationControllerStrategy()
    if live is None or live["kind"] != strategy.kind:
        return
    wanted: Manifest = patiently(
        ctx, str(target.ref), lambda: ctx.cluster.apply(target.manifest, dry_run=True, force=target.force)
    )
    template = strategy.template_of(wanted)
    if strategy.is_under_way(live) or mark_of(template) != mark_of(strategy.template_of(live)):
        pace = Pace(min_ready_seconds=wanted["spec"].get("minReadySeconds"))
        ctx.say(f"{target.ref}: {strategy.bring_template(ctx, live, template, pace, LONGEST)}")
