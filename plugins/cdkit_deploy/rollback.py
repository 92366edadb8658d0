"""`rollback`: deploy an earlier revision again, from the records in the cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cdkit.api import Change, ObjectNotFound, Problem, Step, StepContext
from cdkit_deploy.apply import NEEDED, DeployOutputs
from cdkit_deploy.transaction.options import DeployOptions

if TYPE_CHECKING:
    # Every command knows the steps; few of them deploy.
    from cdkit_deploy.ledger.ledger import Ledger
    from cdkit_deploy.ledger.record import Record


class Rollback(Step):
    """Deploy an earlier revision again, with all that it consisted of, and remove what came since."""

    name = "rollback"
    permissions = NEEDED

    class Options(DeployOptions, frozen=True, kw_only=True):
        """Which revision, and how to deploy it."""

        revision: Annotated[
            int, Meta(ge=0, description="The revision; the verified one before the last when left out.")
        ] = 0

    Outputs = DeployOutputs
    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The cluster answers, the account may do it, and there is such a revision."""
        from cdkit_deploy.ledger.ledger import Ledger

        yield from ctx.check_namespace()
        yield from ctx.check_permissions(NEEDED)
        try:
            self._chosen(Ledger.of(ctx))
        except ObjectNotFound as error:
            yield Problem(error.message, None, error.remedy)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """Which revision would be deployed again."""
        from cdkit_deploy.ledger.ledger import Ledger

        record = self._chosen(Ledger.of(ctx))
        what = f"{ctx.application} to revision {record.revision}"
        return [Change("update", what, details=(*record.images, *_known(record)))]

    def run(self, ctx: StepContext) -> DeployOutputs:
        """Deploy the revision.

        Raises:
            ObjectNotFound: there is no such revision any more.
            RolledBack, RollbackFailed: it failed in its turn, as for `apply`.
        """
        from cdkit_deploy.ledger.ledger import Ledger
        from cdkit_deploy.transaction.deploy import Wanted, deploy

        ledger = Ledger.of(ctx)
        record = self._chosen(ledger)
        ctx.say(f"Revision {record.revision} of {ledger.deployment} is deployed again: {', '.join(record.images)}")
        objects = ledger.contents(record).objects
        wanted = Wanted(objects, record.commit, record.step, restores=record.restores or record.revision)
        return DeployOutputs.of(deploy(ctx, wanted, self.options))

    def _chosen(self, ledger: Ledger) -> Record:
        records = ledger.records()
        return chosen_revision(records, self.options.revision, str(ledger.deployment))


def chosen_revision(records: list[Record], revision: int, deployment: str) -> Record:
    """The record of a revision; for 0 that of the verified one before the last verified one of the same step.

    A rollback that was made before counts as the revision that it deployed: to go back twice goes back two revisions.

    Raises:
        ObjectNotFound: there is none, or it has no manifests.
    """
    settled = [record for record in records if record.verdict == "verified"]
    verified = [record for record in settled if record.has_manifests]
    there_are = ", ".join(str(record.revision) for record in verified) or "none"
    if revision:
        _must_have_manifests(settled, revision, deployment)
        found = next((record for record in verified if record.revision == revision), None)
        reason = f"There is no verified revision {revision} of {deployment}"
    else:
        found = _before_the_last(verified)
        reason = f"There is no verified revision of {deployment} before the one that runs"
    if found is None:
        raise ObjectNotFound(
            f"{reason}. Verified revisions: {there_are}.", remedy="`cdkit history` lists what there is."
        )
    return found


def _must_have_manifests(records: list[Record], revision: int, deployment: str) -> None:
    """Refuse a revision of which only images are known."""
    record = next((record for record in records if record.revision == revision), None)
    if record is not None and not record.has_manifests:
        raise ObjectNotFound(
            f"Revision {revision} of {deployment} was a {record.via}, of which no deployment has manifests: there is "
            "nothing to deploy again.",
            remedy=f"Set the image again that it ran then: {', '.join(record.images)}",
        )


def _before_the_last(verified: list[Record]) -> Record | None:
    if not verified:
        return None
    last = verified[-1]
    running = last.restores or last.revision
    return next(
        (record for record in reversed(verified) if record.step == last.step and record.revision < running), None
    )


def _known(record: Record) -> list[str]:
    return [fact for fact in (record.commit, record.build_url, record.time) if fact]
