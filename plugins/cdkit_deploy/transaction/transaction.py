"""A deployment under way: its record, its work, and how each way to end is written down."""

from __future__ import annotations

import msgspec

from cdkit.api import (
    Cancelled,
    CdkitError,
    ObjectRef,
    RollbackFailed,
    StepContext,
    TimedOut,
    Unavailable,
    WorldFailed,
)
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.record import Contents, Record
from cdkit_deploy.rollout import RolloutFailed
from cdkit_deploy.transaction.applying import Done, await_all, bring_up
from cdkit_deploy.transaction.autoscaled import hand_over_replicas
from cdkit_deploy.transaction.baseline import Baseline
from cdkit_deploy.transaction.going_back import go_back, return_all
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.outlook import Outlook
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.transaction.record_keeper import RecordKeeper
from cdkit_deploy.transaction.removing import remove_all
from cdkit_deploy.transaction.target import Target


class Transaction:
    """One deployment.

    Args:
        ctx: the step's context.
        place: who deploys, and where.
        ledger: the records.
        baseline: what was deployed before.
        outlook: what is to be done.
        options: how to deploy.
    """

    def __init__(
        self,
        ctx: StepContext,
        place: Place,
        ledger: Ledger,
        baseline: Baseline,
        outlook: Outlook,
        options: DeployOptions,
    ) -> None:
        self._ctx = ctx
        self._place = place
        self._baseline = baseline
        self._outlook = outlook
        self._options = options
        self._keeper = RecordKeeper(ctx, ledger, baseline, options.revisions)
        self._changed: list[ObjectRef] = []

    def new_record(self, commit: str, restores: int) -> Record:
        """The record of this deployment, as it begins."""
        manifests = self._outlook.manifests
        inventory = tuple(map(ObjectRef.of, manifests))
        record = self._keeper.new_record(self._place.step, commit, manifests, inventory)
        return msgspec.structs.replace(record, restores=restores)

    def confirm(self, record: Record) -> Record:
        """Everything is as wanted already: see that it is well, and remember the commit if it is another one.

        Raises:
            WorldFailed: it is not well, and was not before.
        """
        last = self._baseline.verified
        try:
            await_all(self._ctx, self._outlook.targets, self._options)
        except RolloutFailed as failed:
            raise failed.as_found() from failed
        self._ctx.say("Everything is as the manifests say already; nothing was changed.")
        self._say_what_stays()
        if last is not None and last.commit == record.commit and set(last.inventory) == set(record.inventory):
            self._keeper.take_in(last)
            return last
        verified = msgspec.structs.replace(record, verdict="verified")
        self._keeper.confirm(verified, Contents(self._outlook.manifests))
        return verified

    def carry_out(self, record: Record) -> Record:
        """Do the work, and undo it when it fails.

        Raises:
            RolledBack, RollbackFailed, WorldFailed: as `deploy` says.
        """
        self._keeper.begin(record, Contents(self._outlook.manifests, self._outlook.before))
        try:
            self._work()
        except RolloutFailed as failed:
            raise self._failed(record, failed) from failed
        except Unavailable as error:
            raise self._cut_off(record, error) from error
        except (Cancelled, TimedOut):
            self._keeper.warn_of_unfinished(record)
            raise
        return self._keeper.seal(record)

    def _work(self) -> None:
        ctx, targets, surplus = self._ctx, self._outlook.targets, self._outlook.surplus
        hand_over_replicas(ctx, targets)
        bring_up(ctx, targets, self._options, self._tell_done)
        # Who has lost his turn meanwhile removes nothing, and does not say that all is well either.
        ctx.cancellation.raise_if_cancelled()
        self._changed += surplus.removed
        remove_all(ctx, surplus.removed)
        return_all(ctx, surplus.put_back)
        self._say_what_stays()

    def _say_what_stays(self) -> None:
        for reason in self._outlook.surplus.reasons:
            self._ctx.say(reason)

    def _tell_done(self, target: Target, done: Done) -> None:
        self._changed.append(target.ref)
        self._ctx.say(f"{target.ref} was {done}")

    def _failed(self, record: Record, failed: RolloutFailed) -> CdkitError:
        """Undo what was done, and give the error that tells of both."""
        if not self._changed and not self._baseline.unsettled:
            self._keeper.settle(record, "rolled-back", failed.sentence)
            reason = failed.__cause__
            return reason if isinstance(reason, WorldFailed) else failed.as_found()
        if self._options.on_failure == "leave":
            self._keeper.settle(record, "failed", failed.sentence)
            return failed.told_as(RollbackFailed, "It was left as it is, as `on_failure: leave` says.")
        return self._keeper.undo(record, failed, self._go_back, self._undone())

    def _go_back(self) -> list[str]:
        return go_back(self._ctx, self._baseline, self._outlook.before, self._place, self._options)

    def _cut_off(self, record: Record, error: Unavailable) -> CdkitError:
        """The failure of a cluster that did not answer for too long, or said so long that it was not ready for us."""
        try:
            self._ctx.cluster.version()
        except Unavailable:
            self._keeper.warn_of_unfinished(record)
            return error
        namespace = ObjectRef("v1", "Namespace", self._place.namespace)
        self._changed.append(namespace)
        return self._failed(record, RolloutFailed(namespace, error.message, None, error.evidence, error.remedy))

    def _undone(self) -> str:
        last = self._baseline.verified
        if last is None:
            return "What was created has been removed, and what was changed is as it was."
        return f"It was rolled back: revision {last.revision} is running."
