"""Undoing a deployment: back to the last verified revision, and to what was found where that knows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cdkit.api import Manifest, ObjectRef, StepContext
from cdkit_deploy.order import phases, rank_of
from cdkit_deploy.rollout import await_ready
from cdkit_deploy.transaction.applying import Done, apply_all
from cdkit_deploy.transaction.autoscaled import hand_over_replicas, without_autoscaled_replicas
from cdkit_deploy.transaction.baseline import Baseline
from cdkit_deploy.transaction.live import Key, Live, look_at
from cdkit_deploy.transaction.options import DeployOptions, Recreate
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.transaction.removing import remove_all
from cdkit_deploy.transaction.target import Target
from cdkit_deploy.undo import Before, is_as_it_was, put_back

_RUNS_ONCE = "Job"
"""A Job of an earlier revision has done its work: undoing does not do it again."""


def go_back(
    ctx: StepContext, baseline: Baseline, before: Sequence[Before], place: Place, options: DeployOptions
) -> list[str]:
    """Put everything back, wait until it runs, and give a line for each thing that was done.

    Args:
        ctx: the step's context.
        baseline: what was deployed before.
        before: what was there of objects that the last verified revision does not know.
        place: who deploys, and where.
        options: how to deploy.

    Raises:
        RolloutFailed: something cannot be put back, or does not run as before.
        CdkitError: the cluster does not let us.
    """
    known = [item for item in baseline.contents.objects if item["kind"] != _RUNS_ONCE]
    live = look_at(ctx, [*map(ObjectRef.of, known), *(item.ref for item in before)])
    revision = [item for item in known if place.may_touch(live.get(Key.of(ObjectRef.of(item))))]
    touched = [item for item in before if _is_touched(item, live, place)]
    done = _restore(ctx, baseline, revision, live, options)
    done += remove_all(ctx, (item.ref for item in touched if item.live is None))
    strangers = [item for item in touched if item.live is not None]
    done += return_all(ctx, strangers)
    running = [*map(ObjectRef.of, revision), *(item.ref for item in strangers if item.ref.kind != _RUNS_ONCE)]
    await_ready(ctx, running, options.wait)
    return done


def _restore(
    ctx: StepContext, baseline: Baseline, revision: Sequence[Manifest], live: Live, options: DeployOptions
) -> list[str]:
    """Apply all of the last verified revision that is not as it was then."""
    wanted = without_autoscaled_replicas(ctx, revision)
    compared = [Target.of(item, live.get(Key.of(ObjectRef.of(item)))) for item in wanted]
    targets = [msgspec.structs.replace(target, force=True) for target in compared]
    hand_over_replicas(ctx, targets)
    recreate: Recreate = "never" if options.recreate == "never" else "where-needed"
    done: list[str] = []

    def tell(target: Target, _: Done) -> None:
        done.append(f"{target.ref} was put back to revision {baseline.verified.revision if baseline.verified else 0}")
        ctx.say(done[-1])

    for ranks in phases(targets, lambda target: target.manifest):
        for rank in ranks:
            apply_all(ctx, rank, recreate, tell)
    return done


def return_all(ctx: StepContext, strangers: Iterable[Before]) -> list[str]:
    """Give objects that somebody else made their old state back, and give a line for each."""
    ordered = sorted(strangers, key=lambda item: rank_of(item.ref.kind))
    return [_returned(ctx, item) for item in ordered]


def _returned(ctx: StepContext, before: Before) -> str:
    line = patiently(ctx, str(before.ref), lambda: put_back(ctx.cluster, before))
    ctx.say(line)
    return line


def _is_touched(before: Before, live: Live, place: Place) -> bool:
    """Whether an object is not as it was, and that by our doing."""
    now = live.get(Key.of(before.ref))
    if now is None:
        return before.live is not None
    return place.owns(now) and (before.live is None or not is_as_it_was(before.live, now))
