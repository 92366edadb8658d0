"""`set-image`: give containers of a running workload other images, and watch the rollout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cdkit.api import (
    CdkitError,
    Change,
    Duration,
    FieldChange,
    InvalidInput,
    Manifest,
    ObjectNotFound,
    ObjectRef,
    Problem,
    Refused,
    RollbackFailed,
    RolledBack,
    Step,
    StepContext,
    StepOptions,
    StepOutputs,
)
from cdkit_deploy.preflight.options import Preflight
from cdkit_deploy.strategies import Kind, strategy_for
from cdkit_deploy.strategies.pace import Manner, MinReady, Pace, Partition, Surge, Unavailable
from cdkit_deploy.turn.options import TAKING_TURNS, TurnOptions

if TYPE_CHECKING:
    # Every command knows the steps; few of them set an image.
    from cdkit_deploy.rollout import RolloutFailed
    from cdkit_deploy.strategies.images import ImageChange
    from cdkit_deploy.strategies.strategy import Strategy


class SetImage(Step):
    """Give containers of a running workload other images, and watch the rollout to its end."""

    name = "set-image"
    permissions = (("patch", "apps", "deployments"), ("watch", "apps", "deployments"), *TAKING_TURNS)

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
        wait: Annotated[Duration, Meta(description="How long the rollout may take before it counts as failed.")] = (
            Duration(600)
        )

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """What runs now."""

        image: Annotated[str, Meta(description="The image that the container runs; of several the first one.")]
        previous: Annotated[str, Meta(description="The image that it ran before.")]
        images: Annotated[dict[str, str], Meta(description="The images by the names of the containers.")]
        changed: Annotated[bool, Meta(description="False when it ran the images already.")]

    options: Options

    def __init__(self, options: StepOptions) -> None:
        super().__init__(options)
        self._first_seen: Manifest | None = None

    @cached_property
    def _strategy(self) -> Strategy:
        return strategy_for(self.options.kind)

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The workload and its containers are there, the options fit, and the account may change it."""
        yield from ctx.check_permissions((*self._strategy.permissions(), *TAKING_TURNS))
        try:
            self._strategy.refuse_what_it_has_not(Pace.of(self.options))
            live = self._live(ctx)
            changes = self._changes(live)
        except (InvalidInput, ObjectNotFound) as error:
            yield Problem(error.message, None, error.remedy)
            return
        if self.options.preflight == "all":
            yield from self._look_ahead(ctx, live, changes)

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
            Refused: another build deploys the application, and is not to be waited for.
            WorldFailed: it ran the images already, and is not well with them.
        """
        from cdkit_deploy.turn.turn import turn

        with turn(ctx, self.options):
            live = self._live(ctx)
            # Of a second attempt, after the server did not answer, only the first one saw what ran before.
            before = self._first_seen = self._first_seen or live
            changes = self._changes(before)
            self._bring(ctx, live, before, changes)
        return self.Outputs(
            image=changes[0].after,
            previous=changes[0].before,
            images={change.container: change.after for change in changes},
            changed=bool(_real(changes)),
        )

    def _bring(self, ctx: StepContext, live: Manifest, before: Manifest, changes: Sequence[ImageChange]) -> None:
        from cdkit_deploy.rollout import RolloutFailed

        ref, longest = ObjectRef.of(live), self.options.wait
        if not _real(changes) and not self._strategy.is_under_way(live):
            ctx.say(f"{ref} runs {_listed(changes)} already; nothing was changed.")
            self._see_that_it_is_well(ctx, live)
            return
        for change in _real(changes):
            ctx.say(f"{ref}, container {change.container}: {change.before} -> {change.after}")
        try:
            summary = self._strategy.roll_out(ctx, live, changes, Pace.of(self.options), longest)
        except RolloutFailed as failed:
            raise self._undone(ctx, before, failed) from failed
        ctx.say(f"{ref}: {summary}")

    def _see_that_it_is_well(self, ctx: StepContext, live: Manifest) -> None:
        from cdkit_deploy.rollout import RolloutFailed

        try:
            ctx.say(f"{ObjectRef.of(live)}: {self._strategy.watch(ctx, live, self.options.wait)}")
        except RolloutFailed as failed:
            raise failed.as_found() from failed

    def _undone(self, ctx: StepContext, before: Manifest, failed: RolloutFailed) -> CdkitError:
        """Put the workload back, and give the error that tells of both the failure and the undoing."""
        from cdkit_deploy.rollout import RolloutFailed

        try:
            done = self._strategy.undo(ctx, before, self.options.wait)
        except Refused:
            # Another deployment has taken over: what we would put back is his.
            raise
        except (RolloutFailed, CdkitError) as error:
            return failed.told_as(RollbackFailed, f"It could not be rolled back: {error}")
        ctx.say(done)
        return failed.told_as(RolledBack, "It was rolled back: what ran before is running.", [done])

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


def _real(changes: Iterable[ImageChange]) -> list[ImageChange]:
    return [change for change in changes if change.before != change.after]


def _listed(changes: Iterable[ImageChange]) -> str:
    return ", ".join(change.after for change in changes)
