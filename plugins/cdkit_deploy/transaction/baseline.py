"""What a deployment starts from: the last verified revision, and what interrupted ones after it may have left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

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
        latest: the highest revision number of all steps.
    """

    records: tuple[Record, ...] = ()
    verified: Record | None = None
    contents: Contents = Contents()
    unsettled: tuple[Record, ...] = ()
    before: tuple[Before, ...] = ()
    latest: int = 0

    @property
    def interrupted(self) -> Record | None:
        """The last one that was interrupted."""
        return next((record for record in reversed(self.unsettled) if record.verdict == "pending"), None)


def read_baseline(ledger: Ledger, step: str) -> Baseline:
    """What a step's next deployment starts from. One request, and one more for each part of a large record."""
    everything = ledger.records()
    records = [record for record in everything if record.step == step]
    verified = _last(records, {"verified"})
    settled = _last(records, {"verified", "rolled-back"})
    later = [record for record in records if settled is None or record.revision > settled.revision]
    unsettled = [record for record in later if record.verdict in UNSETTLED]
    return Baseline(
        records=tuple(records),
        verified=verified,
        contents=ledger.contents(verified) if verified else Contents(),
        unsettled=tuple(unsettled),
        before=_first_seen(item for record in unsettled for item in ledger.contents(record).before),
        latest=max((record.revision for record in everything), default=0),
    )


def _last(records: Sequence[Record], verdicts: set[str]) -> Record | None:
    return next((record for record in reversed(records) if record.verdict in verdicts), None)


def _first_seen(seen: Iterable[Before]) -> tuple[Before, ...]:
    """Of each object the oldest sight: only that was before everything."""
    oldest: dict[Key, Before] = {}
    for item in seen:
        oldest.setdefault(Key.of(item.ref), item)
    return tuple(oldest.values())
