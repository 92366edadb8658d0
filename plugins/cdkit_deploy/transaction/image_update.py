"""Other images for one workload, as a deployment like any other: recorded before it begins, and settled as it ends."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cdkit.api import CdkitError, Duration, Manifest, ObjectRef, StepContext, Unavailable, WorldFailed
from cdkit_deploy.ledger.record import Contents, Record
from cdkit_deploy.rollout import RolloutFailed
from cdkit_deploy.strategies.images import ImageChange
from cdkit_deploy.strategies.manifests import with_own_pace
from cdkit_deploy.strategies.pace import Pace
from cdkit_deploy.strategies.strategy import Strategy
from cdkit_deploy.transaction.membership import Membership
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.transaction.record_keeper import RecordKeeper
from cdkit_deploy.undo import Before, is_as_it_was


class Aim(msgspec.Struct, frozen=True):
    """What a workload is to become.

    Attributes:
        strategy: how its kind gets there.
        live: the workload as it is.
        changes: the images of its containers, now and then; also those that are the same.
        pace: how quickly.
        longest: how long it may take.
    """

    strategy: Strategy
    live: Manifest
    changes: Sequence[ImageChange]
    pace: Pace
    longest: Duration

    @property
    def ref(self) -> ObjectRef:
        """Which workload."""
        return ObjectRef.of(self.live)

    @property
    def is_reached(self) -> bool:
        """Whether the workload has the images, and no update of it is half done."""
        return all(change.is_none for change in self.changes) and not self.strategy.is_under_way(self.live)


class ImageUpdate:
    """One update of a workload's images.

    Args:
        ctx: the step's context.
        aim: what is wanted.
        membership: the inventory that has the workload, and how it was before.
        keeper: keeps the records of that inventory.
    """

    def __init__(self, ctx: StepContext, aim: Aim, membership: Membership, keeper: RecordKeeper) -> None:
        self._ctx = ctx
        self._aim = aim
        self._membership = membership
        self._keeper = keeper

    @property
    def changes_nothing(self) -> bool:
        """Whether the workload runs the images already, and no run was interrupted that might have brought them."""
        return self._aim.is_reached and not self._membership.baseline.unsettled

    def confirm(self) -> Record:
        """See that the workload is well, and remember the commit or the images if the last record has others.

        Raises:
            WorldFailed: it is not well, and was not before.
        """
        aim, baseline = self._aim, self._membership.baseline
        try:
            self._ctx.say(f"{aim.ref}: {aim.strategy.watch(self._ctx, aim.live, aim.longest)}")
        except RolloutFailed as failed:
            raise failed.as_found() from failed
        record, contents = self._new_record(), self._contents()
        last = baseline.verified
        if last is not None and last.commit == record.commit and last.images == record.images:
            return last
        verified = msgspec.structs.replace(record, verdict="verified")
        self._keeper.confirm(verified, contents)
        return verified

    def carry_out(self) -> Record:
        """Bring the images, watch the rollout, and undo it when it fails.

        Raises:
            Refused: an update to other images was interrupted, and has to be ended first; nothing was changed.
            RolledBack: it failed, and the workload runs its old images again.
            RollbackFailed: it failed, and could not be put back.
            WorldFailed: the cluster refused it, and nothing was changed.
            Unavailable: the cluster does not answer any more; the next run goes on.
        """
        ctx, aim = self._ctx, self._aim
        aim.strategy.refuse_to_mix(ctx.cluster, aim.live, aim.changes)
        record = self._new_record()
        found = Before(aim.ref, self._membership.before)
        self._keeper.begin(record, msgspec.structs.replace(self._contents(), before=(found,)))
        try:
            summary = self._work()
        except RolloutFailed as failed:
            raise self._undone(record, failed) from failed
        except Unavailable:
            self._keeper.warn_of_unfinished(record)
            raise
        except WorldFailed as error:
            raise self._refused(record, error) from error
        # Who has lost his turn meanwhile does not say that all is well.
        ctx.cancellation.raise_if_cancelled()
        ctx.say(f"{aim.ref}: {summary}")
        return self._keeper.seal(record)

    def _work(self) -> str:
        ctx, aim = self._ctx, self._aim
        if aim.is_reached:
            # A run that was interrupted has brought the images: whether the workload is well with them is to be seen.
            return aim.strategy.watch(ctx, aim.live, aim.longest)
        return aim.strategy.roll_out(ctx, aim.live, aim.changes, aim.pace, aim.longest)

    def _refused(self, record: Record, error: WorldFailed) -> CdkitError:
        """The failure of a request: the cluster's own words where nothing was changed yet."""
        ref = self._aim.ref
        now = patiently(self._ctx, str(ref), lambda: self._ctx.cluster.get(ref))
        if now is None or is_as_it_was(self._membership.before, now):
            self._keeper.settle(record, "rolled-back", error.message)
            return error
        sentence = f"{ref} could not be updated: {error.message}"
        return self._undone(record, RolloutFailed(ref, sentence, None, error.evidence, error.remedy))

    def _undone(self, record: Record, failed: RolloutFailed) -> CdkitError:
        outcome = "It was rolled back: what ran before is running."
        return self._keeper.undo(record, failed, self._put_back, outcome)

    def _put_back(self) -> list[str]:
        done = self._aim.strategy.undo(self._ctx, self._membership.before, self._aim.longest)
        self._ctx.say(done)
        return [done]

    def _new_record(self) -> Record:
        ctx, member = self._ctx, self._membership
        running = self._contents().objects or (self._changed(self._aim.live),)
        record = self._keeper.new_record(member.step, ctx.build.commit, running, member.inventory)
        return msgspec.structs.replace(record, via=member.via)

    def _contents(self) -> Contents:
        """The last verified revision with the new images and the new pace, and nothing else of it changed."""
        pace = self._aim.pace
        return Contents(self._membership.with_workload(lambda item: with_own_pace(self._changed(item), pace)))

    def _changed(self, workload: Manifest) -> Manifest:
        return self._aim.strategy.with_images(workload, self._aim.changes)
