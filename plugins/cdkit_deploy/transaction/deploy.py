"""One deployment, from its first look to its sealed record."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cdkit.api import Manifest, ObjectRef, StepContext
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.secrets import hide_secrets
from cdkit_deploy.transaction.baseline import baseline_of
from cdkit_deploy.transaction.conflicts import without_conflicts
from cdkit_deploy.transaction.live import Key
from cdkit_deploy.transaction.look import must_be_possible
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.outlook import hide_known_secrets, look_ahead
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.transaction.transaction import Transaction
from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.order import deployed_last, must_not_be_older
from cdkit_deploy.turn.turn import turn


class Wanted(msgspec.Struct, frozen=True):
    """What is to be deployed.

    Attributes:
        objects: the manifests.
        commit: what they were made of.
        step: whose inventory they belong to.
        restores: the revision that is deployed again; 0 for an ordinary deployment.
    """

    objects: Sequence[Manifest]
    commit: str
    step: str
    restores: int = 0


class Deployed(msgspec.Struct, frozen=True):
    """What came of a deployment.

    Attributes:
        record: the revision that is there now.
        manifests: what it consists of.
        changed: whether anything had to be changed for it.
    """

    record: Record
    manifests: tuple[Manifest, ...]
    changed: bool


def deploy(ctx: StepContext, wanted: Wanted, options: DeployOptions) -> Deployed:
    """Bring a namespace to what is wanted, whole or not at all, and as the only one that does.

    Raises:
        Refused: another build deploys, or what is deployed is newer; nothing was changed.
        RolledBack: it failed, and everything is as it was.
        RollbackFailed: it failed, and could not be put back, or was not to be.
        ObjectConflict: fields belong to somebody else; nothing was changed.
        WorldFailed: the cluster refused it before anything was changed, or everything is as wanted and is not well.
    """
    hide_secrets(ctx, wanted.objects)
    with turn(ctx, options, Holder.of(ctx).described_by(ctx.build)):
        return _deploy(ctx, wanted, options)


def _deploy(ctx: StepContext, wanted: Wanted, options: DeployOptions) -> Deployed:
    place = Place.of(ctx, wanted.step)
    ledger = Ledger.of(ctx)
    records = ledger.records()
    baseline = baseline_of(ledger, records, place.step)
    if not wanted.restores and not options.allow_older:
        must_not_be_older(ctx, ledger.deployment, wanted.commit, deployed_last(_about(records, wanted)))
    outlook = look_ahead(ctx, wanted.objects, place, baseline, options)
    hide_known_secrets(ctx, baseline, outlook)
    outlook = msgspec.structs.replace(outlook, targets=tuple(without_conflicts(ctx, outlook.targets, options)))
    transaction = Transaction(ctx, place, ledger, baseline, outlook, options)
    record = transaction.new_record(wanted.commit, wanted.restores)
    if outlook.changes_nothing and not baseline.unsettled and options.recreate != "always":
        return Deployed(transaction.confirm(record), outlook.manifests, changed=False)
    must_be_possible(ctx, outlook.targets, options)
    return Deployed(transaction.carry_out(record), outlook.manifests, changed=True)


def _about(records: Sequence[Record], wanted: Wanted) -> list[Record]:
    """The deployments by the same step, and those by others of the same objects: an image that was set, say."""
    keys = {Key.of(ObjectRef.of(item)) for item in wanted.objects}
    return [
        record for record in records if record.step == wanted.step or not keys.isdisjoint(map(Key.of, record.inventory))
    ]
