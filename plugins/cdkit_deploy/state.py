"""How an application fares in an environment: its records, who deploys now, what is ready, what was changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from cdkit.api import Change, Decision, Manifest, ObjectRef, StepContext, Unavailable, WorldFailed
from cdkit_deploy.difference.objects import ApplyPolicy, planned_changes
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.secrets import hide_secrets
from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.lease import read_lease
from cdkit_deploy.turn.turn import lease_of
from cdkit_deploy.workloads import workloads_of


class Workload(msgspec.Struct, frozen=True):
    """How one workload fares.

    Attributes:
        name: the workload, as KIND/NAME.
        state: `ready`, on its way, or failed for good.
        summary: how far it is.
        causes: what stands in its way, a sentence each.
    """

    name: str
    state: Literal["ready", "progressing", "failed", "gone"]
    summary: str = ""
    causes: tuple[str, ...] = ()


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How an application fares in an environment.

    Attributes:
        application: the application.
        environment: the environment's name; may be empty.
        namespace: where it is deployed.
        deployed: the last verified deployment; None when there is none.
        last: the last deployment after the verified one of its step; None when all are verified.
        holder: who deploys now; None when nobody does.
        workloads: what runs.
        drift: what is not as the record says: what deploying it again would do.
        unknown: what could not be asked, a sentence each.
    """

    application: str
    environment: str
    namespace: str
    deployed: Record | None = None
    last: Record | None = None
    holder: Holder | None = None
    workloads: tuple[Workload, ...] = ()
    drift: tuple[Change, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether all is deployed, ready and as recorded, as far as could be asked."""
        is_settled = self.last is None or self.last.verdict == "rolled-back"
        is_ready = all(workload.state == "ready" for workload in self.workloads)
        return self.deployed is not None and is_settled and is_ready and not self.drift and not self.unknown


def read_state(ctx: StepContext) -> State:
    """Ask the cluster how the application of a run fares in its environment. Changes nothing.

    Raises:
        Unavailable: the cluster does not answer.
    """
    ledger = Ledger.of(ctx)
    records = ledger.records()
    live = ctx.cluster.get(lease_of(ledger.deployment, ctx.namespace))
    state = State(
        application=ctx.application,
        environment=ctx.environment.name,
        namespace=ctx.namespace,
        holder=read_lease(live).holder if live is not None else None,
    )
    if not records:
        return state
    deployed = _last_of_each_step(records)
    newest = max(deployed, key=lambda record: record.revision, default=None)
    objects, unknown = _recorded(ledger, deployed)
    hide_secrets(ctx, objects)
    drift = planned_changes(ctx.cluster, objects, ApplyPolicy(take_over=True)) if objects else []
    return msgspec.structs.replace(
        state,
        deployed=newest,
        last=_last_that_did_not_stay(records, deployed),
        workloads=tuple(_workloads(ctx, objects, deployed)),
        drift=tuple(change for change in drift if change.action not in {"keep", "unknown"}),
        unknown=(*unknown, *(f"{change.subject}: {change.reason}" for change in drift if change.action == "unknown")),
    )


def _last_of_each_step(records: Sequence[Record]) -> list[Record]:
    """The last verified deployment of each step: together they are what should be there."""
    latest = {record.step: record for record in records if record.verdict == "verified"}
    return list(latest.values())


def _last_that_did_not_stay(records: Sequence[Record], deployed: Sequence[Record]) -> Record | None:
    """The last deployment that came after the verified one of its step, whatever other steps have deployed since."""
    verified = {record.step: record.revision for record in deployed}
    later = (record for record in reversed(records) if record.revision > verified.get(record.step, 0))
    return next((record for record in later if record.verdict != "superseded"), None)


def _recorded(ledger: Ledger, records: Sequence[Record]) -> tuple[list[Manifest], list[str]]:
    """What should be there, and why a part of that cannot be said. A Job that has done its work need not be there."""
    objects: list[Manifest] = []
    unknown: list[str] = []
    for record in records:
        try:
            objects += [item for item in ledger.contents(record).objects if item["kind"] != "Job"]
        except Unavailable:
            raise
        except WorldFailed as error:
            unknown.append(error.message)
    return objects, unknown


def _workloads(ctx: StepContext, objects: Sequence[Manifest], records: Sequence[Record]) -> list[Workload]:
    """How the workloads fare that were deployed, and those that only got images: these are not ours to miss."""
    ours = [ObjectRef.of(item) for item in workloads_of(objects)]
    alone = [ref for record in records if not record.has_manifests for ref in record.inventory if ref not in ours]
    there = [ref for ref in (*ours, *alone) if ctx.cluster.get(ref) is not None]
    # No time: the first look is all that is asked for.
    decisions = ctx.follow_all(there, 0)
    return [_workload(ref, decisions.get(ref)) for ref in (*ours, *alone) if ref in there or ref in ours]


def _workload(ref: ObjectRef, decision: Decision | None) -> Workload:
    name = f"{ref.kind.lower()}/{ref.name}"
    if decision is None:
        return Workload(name, "gone", "it does not exist")
    verdict = decision.verdict
    state: Literal["ready", "progressing", "failed"] = "ready" if verdict.state == "succeeded" else verdict.state
    return Workload(name, state, verdict.summary, tuple(cause.sentence for cause in verdict.causes))
