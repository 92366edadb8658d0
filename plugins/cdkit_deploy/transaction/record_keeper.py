"""The record of a deployment under way: opened before the first change, settled however it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cdkit.api import (
    Cancelled,
    CdkitError,
    Manifest,
    ObjectRef,
    Refused,
    RollbackFailed,
    RolledBack,
    StepContext,
    TimedOut,
    Unavailable,
    WorldFailed,
)
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import Contents, Record, Verdict
from cdkit_deploy.rollout import RolloutFailed
from cdkit_deploy.transaction.baseline import Baseline
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.workloads import images_of


class RecordKeeper:
    """Keeps the records of one inventory while a deployment adds to them.

    Args:
        ctx: the step's context.
        ledger: all records.
        baseline: what was deployed before of the inventory.
        revisions: how many of its records are kept.
    """

    def __init__(self, ctx: StepContext, ledger: Ledger, baseline: Baseline, revisions: int) -> None:
        self._ctx = ctx
        self._ledger = ledger
        self._baseline = baseline
        self._revisions = revisions

    def new_record(
        self, step: str, commit: str, workloads: tuple[Manifest, ...], inventory: tuple[ObjectRef, ...]
    ) -> Record:
        """The record of a deployment, as it begins.

        Args:
            step: whose inventory it is.
            commit: what is deployed; empty when nobody knows it.
            workloads: what runs the images, among other manifests.
            inventory: what the deployment consists of.
        """
        ctx = self._ctx
        return Record(
            revision=self._baseline.latest + 1,
            step=step,
            commit=commit,
            images=images_of(workloads),
            build_url=ctx.redacted(ctx.build.url),
            actor=ctx.redacted(ctx.build.actor),
            time=datetime.fromtimestamp(ctx.clock.now(), UTC).isoformat(timespec="seconds"),
            run_id=ctx.run_id,
            inventory=inventory,
        )

    def begin(self, record: Record, contents: Contents) -> None:
        """Write a pending record, which takes over from all that were interrupted."""
        self._tell_of_interrupted(record)
        self._open(record, contents)
        for earlier in self._baseline.unsettled:
            self.settle(earlier, "superseded", earlier.cause)

    def confirm(self, record: Record, contents: Contents) -> None:
        """Write the record of a deployment that had nothing to change."""
        self._open(record, contents)
        self.take_in(record)
        self.forget_old_ones(record)

    def settle(self, record: Record, verdict: Verdict, cause: str = "") -> Record:
        """Write how a deployment ended, and give the record with that. No event, the cause is masked here."""
        told = self._ctx.redacted(cause)
        return patiently(self._ctx, "the record of the deployment", lambda: self._ledger.settle(record, verdict, told))

    def seal(self, record: Record) -> Record:
        """Write that all is well, say so, and give the record with that."""
        verified = self.settle(record, "verified")
        self.take_in(verified)
        self.forget_old_ones(verified)
        self._ctx.say(f"Revision {verified.revision} of {self._ledger.deployment} is verified.")
        return verified

    def take_in(self, record: Record) -> None:
        """Settle interrupted updates of single workloads that a verified deployment has in its inventory now."""
        for update in self._baseline.alone:
            if record.has_manifests and set(update.inventory) <= set(record.inventory):
                self.settle(update, "superseded", update.cause)

    def undo(
        self, record: Record, failed: RolloutFailed, undo: Callable[[], Sequence[str]], outcome: str
    ) -> CdkitError:
        """Undo a deployment that failed, and give the error that tells of both.

        Args:
            record: its record.
            failed: why it failed.
            undo: puts everything back, and gives a line for each thing that it did.
            outcome: what is true after that, in a sentence.

        Raises:
            Refused: another deployment has taken over: it finds what is pending, and what we would change is his.
            Cancelled, TimedOut: it was not undone to the end.
        """
        try:
            done = undo()
        except (Cancelled, TimedOut):
            self.warn_of_unfinished(record)
            raise
        except Refused:
            raise
        except (RolloutFailed, CdkitError) as error:
            # What could not be reached stays pending, and is found by the next run.
            if not isinstance(error, Unavailable):
                self.settle(record, "failed", failed.sentence)
            return failed.told_as(RollbackFailed, f"It could not be rolled back: {error}")
        self.settle(record, "rolled-back", failed.sentence)
        self.forget_old_ones(record)
        return failed.told_as(RolledBack, outcome, done)

    def warn_of_unfinished(self, record: Record) -> None:
        """Say that a deployment stays as it is for now: its record stays pending, and is found by the next run."""
        self._ctx.warn(
            f"Revision {record.revision} of {self._ledger.deployment} was neither finished nor undone: the cluster "
            "goes on with it. Run again: it goes on from there."
        )

    def forget_old_ones(self, record: Record) -> None:
        """Keep as many records as are asked for, the last verified one in any case."""
        last = record if record.verdict == "verified" else self._baseline.verified
        older = [known for known in self._baseline.records if last is None or known.revision != last.revision]
        surplus = older[: max(0, len(older) + 1 + (last is not record and last is not None) - self._revisions)]
        try:
            self._ledger.forget(surplus)
        except WorldFailed as error:
            self._ctx.warn(f"Old records of {self._ledger.deployment} could not be removed: {error.message}")

    def _tell_of_interrupted(self, record: Record) -> None:
        last = self._baseline.interrupted
        if last is None:
            return
        what = f"Revision {last.revision} of {self._ledger.deployment} was interrupted"
        if last.commit == record.commit:
            self._ctx.say(f"{what}: going on with the same commit, as revision {record.revision}.")
        else:
            whose = f" (commit {last.commit[:12]})" if last.commit else ""
            self._ctx.say(f"{what}{whose}: revision {record.revision} takes over from it.")

    def _open(self, record: Record, contents: Contents) -> None:
        patiently(self._ctx, "the record of the deployment", lambda: self._ledger.open(record, contents))
