"""`set-image`: give containers of a running workload other images, and watch the rollout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cdkit.api import (
    Change,
    Duration,
    FieldChange,
    InvalidInput,
    Manifest,
    ObjectNotFound,
    ObjectRef,
    Permission,
    Problem,
    Step,
    StepContext,
    StepOutputs,
    both,
)
from cdkit_deploy.ledger.options import KEEPING_RECORDS, KEEPING_SECRETS, Revisions
from cdkit_deploy.strategies import Kind, strategy_for
from cdkit_deploy.strategies.pace import Manner, MinReady, Pace, Partition, Surge, Unavailable
from cdkit_deploy.transaction.options import Preflight
from cdkit_deploy.turn.options import TAKING_TURNS, TurnOptions

if TYPE_CHECKING:
    # Every command knows the steps; few of them set an image.
    from cdkit_deploy.ledger.ledger import Ledger
    from cdkit_deploy.ledger.record import Record
    from cdkit_deploy.strategies.images import ImageChange
    from cdkit_deploy.strategies.strategy import Strategy


class SetImage(Step):
    """Give containers of a running workload other images, and watch the rollout to its end."""

    name = "set-image"
    permissions = (("patch", "apps", "deployments"), ("watch", "apps", "deployments"), *KEEPING_RECORDS, *TAKING_TURNS)

    class Options(TurnOptions, frozen=True, kw_only=True):
        """Which containers, and which images."""

        workload: Annotated[str, Meta(min_length=1, description="The workload's name.")]
        kind: Annotated[Kind, Meta(description="The workload's kind.")] = "deployment"
        container: Annotated[str, Meta(description="The container, or init container; the only one when left out.")] = (
            ""
        )
        image: Annotated[str, Meta(description="The image to run; best by digest.")] = ""
        images: Annotated[
            dict[str, str], Meta(description="Instead of `image`: images by the names of several containers.")
        ] = {}
        strategy: Manner = "rolling"
        surge: Surge = None
        unavailable: Unavailable = None
        partition: Partition = None
        min_ready: MinReady = None
        preflight: Preflight = "all"
        revisions: Revisions = 10
        wait: Annotated[Duration, Meta(description="How long the rollout may take before it counts as failed.")] = (
            Duration(600)
        )

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """What runs now."""

        image: Annotated[str, Meta(description="The image that the container runs; of several the first one.")]
        previous: Annotated[str, Meta(description="The image that it ran before.")]
        images: Annotated[dict[str, str], Meta(description="The images by the names of the containers.")]
        changed: Annotated[bool, Meta(description="False when it ran the images already.")]
        revision: Annotated[int, Meta(description="The revision in the cluster's own records.")]

    options: Options

    @cached_property
    def _strategy(self) -> Strategy:
        return strategy_for(self.options.kind)

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The workload and its containers are there, the options fit, and the account may change it."""
        missing = list(ctx.check_permissions(self._needed(ctx)))
        yield from missing
        try:
            self._strategy.refuse_what_it_has_not(Pace.of(self.options))
            live = self._live(ctx)
            changes = self._changes(live)
        except (InvalidInput, ObjectNotFound) as error:
            yield Problem(error.message, None, error.remedy)
            return
        if not missing and _record_has_secrets(ctx, live):
            yield from ctx.check_permissions(KEEPING_SECRETS)
        if self.options.preflight == "all":
            yield from self._look_ahead(ctx, live, changes)

    def _needed(self, ctx: StepContext) -> list[Permission]:
        from cdkit_deploy.preflight.permissions import to_watch

        ref = ObjectRef(self._strategy.versions[0], self._strategy.kind, self.options.workload, ctx.namespace)
        watching = to_watch(ctx.cluster, ctx.watched_kinds([ref]))
        return list(dict.fromkeys((*self._strategy.permissions(), *watching, *KEEPING_RECORDS, *TAKING_TURNS)))

    def _look_ahead(self, ctx: StepContext, live: Manifest, changes: Sequence[ImageChange]) -> Iterable[Problem]:
        from cdkit_deploy.preflight import preflight_of_pods

        # An image that an earlier step has yet to make cannot be asked for.
        known = [] if {"image", "images"} & ctx.pending else _real(changes)
        return preflight_of_pods(ctx, [self._strategy.with_images(live, known)])

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The images before and after."""
        live = self._live(ctx)
        ref, changes = ObjectRef.of(live), self._changes(live)
        where = ".".join(self._strategy.template_path)
        fields = [FieldChange(f"{where}.{change.path}", change.before, change.after) for change in _real(changes)]
        if fields:
            return [Change("update", str(ref), fields=tuple(fields))]
        if self._strategy.is_under_way(live):
            return [Change("update", str(ref), "an update that was interrupted is taken back")]
        return [Change("keep", str(ref), f"it runs {_listed(changes)} already")]

    def run(self, ctx: StepContext) -> Outputs:
        """Change the images where they differ, and watch the rollout.

        Raises:
            RolledBack: it failed, and the workload runs its old images again.
            RollbackFailed: it failed, and could not be put back.
            Refused: another build deploys the application, and is not to be waited for; or what is deployed is newer.
            WorldFailed: it ran the images already, and is not well with them; or the cluster refused the first change.
        """
        from cdkit_deploy.ledger.ledger import Ledger
        from cdkit_deploy.turn.holder import Holder
        from cdkit_deploy.turn.turn import turn

        with turn(ctx, self.options, Holder.of(ctx).described_by(ctx.build)):
            return self._run(ctx, Ledger.of(ctx))

    def _run(self, ctx: StepContext, ledger: Ledger) -> Outputs:
        from cdkit_deploy.secrets import hide_secrets
        from cdkit_deploy.transaction.image_update import Aim, ImageUpdate
        from cdkit_deploy.transaction.membership import membership_of
        from cdkit_deploy.transaction.record_keeper import RecordKeeper
        from cdkit_deploy.turn.order import deployed_last, must_not_be_older

        live, records = self._look(ctx, ledger)
        member = membership_of(ctx, ledger, records, live)
        hide_secrets(ctx, member.baseline.contents.objects)
        if not self.options.allow_older:
            must_not_be_older(ctx, ledger.deployment, ctx.build.commit, deployed_last(member.records))
        aim = Aim(self._strategy, live, self._changes(live), Pace.of(self.options), self.options.wait)
        keeper = RecordKeeper(ctx, ledger, member.baseline, self.options.revisions)
        update, changes = ImageUpdate(ctx, aim, member, keeper), self._changes(member.before)
        if update.changes_nothing:
            ctx.say(f"{aim.ref} runs {_listed(changes)} already; nothing was changed.")
            return self._outputs(changes, update.confirm())
        for change in _real(changes):
            ctx.say(f"{aim.ref}, container {change.container}: {change.before} -> {change.after}")
        return self._outputs(changes, update.carry_out())

    def _look(self, ctx: StepContext, ledger: Ledger) -> tuple[Manifest, list[Record]]:
        """The workload and all records, asked for at once."""
        return both(lambda: self._live(ctx), ledger.records)

    def _outputs(self, changes: Sequence[ImageChange], record: Record) -> Outputs:
        return self.Outputs(
            image=changes[0].after,
            previous=changes[0].before,
            images={change.container: change.after for change in changes},
            changed=bool(_real(changes)),
            revision=record.revision,
        )

    def _live(self, ctx: StepContext) -> Manifest:
        return self._strategy.find(ctx.cluster, self.options.workload, ctx.namespace)

    def _changes(self, live: Manifest) -> list[ImageChange]:
        """What is wanted of the containers.

        Raises:
            InvalidInput: the options do not say it, or there are no such containers.
        """
        from cdkit_deploy.strategies.images import image_changes

        if bool(self.options.image) == bool(self.options.images):
            raise InvalidInput("Say which image to run, by one of `image` and `images`.")
        wanted = self.options.images or {self.options.container: self.options.image}
        return image_changes(self._strategy.template_of(live), wanted, str(ObjectRef.of(live)))


def _record_has_secrets(ctx: StepContext, live: Manifest) -> bool:
    """Whether the next record of a workload will hold Secrets; nobody else's workload is in a record with some."""
    from cdkit_deploy.ledger.ledger import Ledger
    from cdkit_deploy.prepare import OWNER

    if OWNER not in (live["metadata"].get("annotations") or {}):
        return False
    ref, ledger = ObjectRef.of(live), Ledger.of(ctx)
    return any(ref in record.inventory and ledger.has_secrets(record) for record in ledger.records())


def _real(changes: Iterable[ImageChange]) -> list[ImageChange]:
    return [change for change in changes if not change.is_none]


def _listed(changes: Iterable[ImageChange]) -> str:
    return ", ".join(change.after for change in changes)
