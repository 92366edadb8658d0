"""Which inventory has a workload, and what a record says that only gives it other images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from cdkit.api import Manifest, ObjectRef, StepContext
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.transaction.baseline import Baseline, baseline_of, first_seen
from cdkit_deploy.transaction.live import Key
from cdkit_deploy.transaction.place import Place


class Membership(msgspec.Struct, frozen=True):
    """A workload as a part of an inventory, or alone where no verified revision has it.

    Attributes:
        step: whose inventory it is; `via` where it is alone.
        via: what gives it other images, for the record.
        baseline: what was deployed before of the inventory.
        records: all deployments of the workload, oldest first.
        before: the workload before the first update that was interrupted; as it is now where none was.
    """

    step: str
    via: str
    baseline: Baseline
    records: tuple[Record, ...]
    before: Manifest

    @property
    def is_alone(self) -> bool:
        """Whether no inventory has the workload, so that nobody knows manifests of it."""
        return self.step == self.via

    @property
    def ref(self) -> ObjectRef:
        """Which workload."""
        return ObjectRef.of(self.before)

    @property
    def inventory(self) -> tuple[ObjectRef, ...]:
        """What the next record is about."""
        verified = self.baseline.verified
        return (self.ref,) if self.is_alone or verified is None else verified.inventory

    def with_workload(self, change: Callable[[Manifest], Manifest]) -> tuple[Manifest, ...]:
        """The manifests of the inventory, that of the workload changed."""
        key = Key.of(self.ref)
        return tuple(
            change(item) if Key.of(ObjectRef.of(item)) == key else item for item in self.baseline.contents.objects
        )


def membership_of(ctx: StepContext, ledger: Ledger, records: Sequence[Record], live: Manifest) -> Membership:
    """Find the inventory of a workload.

    An inventory that an interrupted deployment has left between two revisions is not added to: that deployment is to be
    ended by the next one. The workload is alone then.

    Args:
        ctx: the step's context.
        ledger: where the records are.
        records: all of them, oldest first.
        live: the workload.
    """
    ref = ObjectRef.of(live)
    via = f"set-image {ref.kind.lower()}/{ref.name}"
    its_own = tuple(record for record in records if Key.of(ref) in map(Key.of, record.inventory))
    steps = dict.fromkeys(record.step for record in its_own if record.has_manifests)
    owner = next((step for step in steps if Place.of(ctx, step).owns(live)), via)
    baseline = baseline_of(ledger, records, owner)
    if owner != via and not _may_be_added_to(baseline, ref, via):
        owner, baseline = via, baseline_of(ledger, records, via)
    seen = first_seen(ledger, baseline.unsettled).get(Key.of(ref))
    before = seen.live if seen is not None and seen.live is not None else live
    return Membership(owner, via, baseline, its_own, before)


def _may_be_added_to(baseline: Baseline, ref: ObjectRef, via: str) -> bool:
    """Whether a verified revision has the workload, and nothing but an update of it is open."""
    has_it = baseline.verified is not None and Key.of(ref) in map(Key.of, baseline.verified.inventory)
    return has_it and all(record.via == via for record in baseline.unsettled)
