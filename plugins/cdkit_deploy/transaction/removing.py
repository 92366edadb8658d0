"""Removing objects, and waiting until they are gone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import groupby

from cdkit.api import Duration, ObjectRef, StepContext, Unavailable, WorldFailed, do_all
from cdkit_deploy.order import rank_of
from cdkit_deploy.rollout import RolloutFailed, await_gone
from cdkit_deploy.transaction.patience import patiently

LONGEST = Duration(120)
"""How long an object may take to go: its finalizers, and the grace of what it runs."""


def remove_all(ctx: StepContext, refs: Iterable[ObjectRef]) -> list[str]:
    """Delete objects, wait until they are gone, and give a line for each. What others refer to goes last.

    Raises:
        RolloutFailed: one of them does not go, or the cluster does not let us.
        Unavailable: the cluster cannot be reached.
    """
    ordered = sorted(refs, key=lambda ref: rank_of(ref.kind), reverse=True)
    for _, rank in groupby(ordered, key=lambda ref: rank_of(ref.kind)):
        leaving = do_all([partial(_deleted, ctx, ref) for ref in rank])
        await_gone(ctx, [ref for ref in leaving if ref is not None], LONGEST)
    lines = [f"{ref} was removed" for ref in ordered]
    for line in lines:
        ctx.say(line)
    return lines


def _deleted(ctx: StepContext, ref: ObjectRef) -> ObjectRef | None:
    """Delete an object; gives it back when it takes its time to go."""
    ctx.cancellation.raise_if_cancelled()
    try:
        patiently(ctx, str(ref), lambda: ctx.cluster.delete(ref))
        return None if patiently(ctx, str(ref), lambda: ctx.cluster.get(ref)) is None else ref
    except Unavailable:
        raise
    except WorldFailed as error:
        raise RolloutFailed(ref, f"{ref} could not be removed: {error.message}", None, (), error.remedy) from error
