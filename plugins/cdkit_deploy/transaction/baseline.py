"""What a deployment starts from: the last verified revision, and what interrupted ones after it may have left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cdkit.api import ObjectRef
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import UNSETTLED, Contents, Record
from cdkit_deploy.transaction.live import Key
from cdkit_deploy.undo import Before


class Baseline(msgspec.Struct, frozen=True):
    """What is known of earlier deployments by the same step.

    Attributes:
        records: all of them, oldest first.
        verified: the last one that was verified; None for the first deployment.
        contents: what the verified one consists of.
        unsettled: later ones that neither succeeded nor were undone, oldest first.
        before: what these found before they touched it, of objects that the verified revision does not know.
        alone: updates of single workloads that were interrupted while no inventory had these, oldest first.
        latest: the highest revision number of all steps.
    """

    records: tuple[Record, ...] = ()
    verified: Record | None = None
    contents: Contents = Contents()
    unsettled: tuple[Record, ...] = ()
    before: tuple[Before, ...] = ()
    alone: tuple[Record, ...] = ()
    latest: int = 0

    @property
    def interrupted(self) -> Record | None:
        """The last one that was interrupted."""
        return next((record for record in reversed(self.unsettled) if record.verdict == "pending"), None)


def read_baseline(ledger: Ledger, step: str) -> Baseline:
    """What a step's next deployment starts from. One request, and one more for each part of a large record."""
    return baseline_of(ledger, ledger.records(), step)


def baseline_of(ledger: Ledger, everything: Sequence[Record], step: str) -> Baseline:
    """The same, from the records of all steps."""
    records = [record for record in everything if record.step == step]
    verified = _last(records, {"verified"})
    settled = _last(records, {"verified", "rolled-back"})
    later = [record for record in records if settled is None or record.revision > settled.revision]
    unsettled = [record for record in later if record.verdict in UNSETTLED]
    contents = ledger.contents(verified) if verified else Contents()
    known = {Key.of(ObjectRef.of(item)) for item in contents.objects}
    seen = first_seen(ledger, unsettled)
    return Baseline(
        records=tuple(records),
        verified=verified,
        contents=contents,
        unsettled=tuple(unsettled),
        before=tuple(item for key, item in seen.items() if key not in known),
        alone=tuple(item for item in everything if item.verdict in UNSETTLED and not item.has_manifests),
        latest=max((record.revision for record in everything), default=0),
    )


def _last(records: Sequence[Record], verdicts: set[str]) -> Record | None:
    return next((record for record in reversed(records) if record.verdict in verdicts), None)


def first_seen(ledger: Ledger, records: Iterable[Record]) -> dict[Key, Before]:
    """What deployments found before they touched it; of each object the oldest sight, which was before everything.

    Args:
        ledger: the records.
        records: those of the deployments, oldest first.
    """
    oldest: dict[Key, Before] = {}
    for record in records:
        for item in ledger.contents(record).before:
            oldest.setdefault(Key.of(item.ref), item)
    return oldest
