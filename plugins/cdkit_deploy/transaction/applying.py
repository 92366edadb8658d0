"""Bringing objects to what they are to be, phase by phase, those of one rank at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal

from cdkit.api import Manifest, RequestRejected, StepContext, Unavailable, WorldFailed, do_all
from cdkit_deploy.order import phases
from cdkit_deploy.refusals import immutable_changes, immutable_message, is_immutable
from cdkit_deploy.rollout import RolloutFailed, await_gone, await_ready
from cdkit_deploy.transaction.options import DeployOptions, Recreate
from cdkit_deploy.transaction.patience import is_passing, patiently
from cdkit_deploy.transaction.removing import LONGEST, remove_all
from cdkit_deploy.transaction.replacing import replace_pods
from cdkit_deploy.transaction.target import Target
from cdkit_deploy.workloads import WORKLOADS

Done = Literal["created", "changed", "recreated", "kept"]
OnDone = Callable[[Target, Done], None]
"""Called, from several threads, with each object that was changed."""

NEEDED_AT_ONCE = frozenset({"Namespace", "CustomResourceDefinition"})
"""Kinds that the objects of the next ranks cannot do without."""

NEVER_RECREATED = NEEDED_AT_ONCE | {"PersistentVolume", "PersistentVolumeClaim"}
"""Kinds that take what they hold with them."""

IMMUTABLE_REMEDY = (
    "Keep the field as it is; or set `recreate: where-needed`: the object is then deleted and created anew, and what "
    "it runs is away in between."
)


def bring_up(ctx: StepContext, targets: Sequence[Target], options: DeployOptions, on_done: OnDone) -> None:
    """Apply everything, and wait after each phase until all in it is ready.

    Args:
        ctx: the step's context.
        targets: the objects.
        options: how to deploy.
        on_done: hears of each object that was changed.

    Raises:
        RolloutFailed: the cluster refuses an object, or one does not become ready.
        Unavailable: the cluster cannot be reached, or was not ready for us for too long.
    """
    for ranks in phases(targets, lambda target: target.manifest):
        for rank in ranks:
            apply_all(ctx, rank, options.recreate, on_done)
            await_all(ctx, (target for target in rank if target.ref.kind in NEEDED_AT_ONCE), options)
        await_all(ctx, (target for rank in ranks for target in rank), options)


def apply_all(ctx: StepContext, targets: Sequence[Target], recreate: Recreate, on_done: OnDone) -> None:
    """Apply objects, all at once.

    Raises:
        RolloutFailed: the cluster refuses one of them.
        Unavailable: the cluster cannot be reached, or was not ready for us for too long.
    """
    do_all([partial(_apply, ctx, target, recreate, on_done) for target in targets])


def await_all(ctx: StepContext, targets: Iterable[Target], options: DeployOptions) -> None:
    """Wait until all are ready, and tell how those fare that were not as wanted.

    Raises:
        RolloutFailed: one of them does not become so.
    """
    awaited = list(targets)
    summaries = await_ready(ctx, [target.ref for target in awaited], options.wait)
    for target in awaited:
        if target.ref.kind in WORKLOADS and not target.is_as_wanted:
            ctx.say(f"{target.ref}: {summaries[target.ref]}")


def _apply(ctx: StepContext, target: Target, recreate: Recreate, on_done: OnDone) -> None:
    ctx.cancellation.raise_if_cancelled()
    try:
        done = _brought(ctx, target, recreate)
    except Unavailable:
        raise
    except RolloutFailed:
        # Its pods were being replaced: there is something to undo.
        on_done(target, "changed")
        raise
    except WorldFailed as error:
        sentence = f"{target.ref} could not be applied: {error.message}"
        raise RolloutFailed(target.ref, sentence, None, error.evidence, error.remedy) from error
    if done != "kept":
        on_done(target, done)


def _brought(ctx: StepContext, target: Target, recreate: Recreate) -> Done:
    may_be_recreated = target.live is not None and target.ref.kind not in NEVER_RECREATED
    if may_be_recreated and recreate == "always":
        return _recreated(ctx, target)
    if target.is_as_wanted:
        return "kept"
    try:
        replace_pods(ctx, target)
        after = _applied(ctx, target)
    except RequestRejected as error:
        if target.live is None or not any(map(is_immutable, error.fields)):
            raise
        if may_be_recreated and recreate == "where-needed":
            return _recreated(ctx, target)
        raise _immutable(target, target.live, error) from error
    if target.live is None:
        return "created"
    return "kept" if _version(after) == _version(target.live) else "changed"


def _applied(ctx: StepContext, target: Target) -> Manifest:
    """The object after applying. One that is on its way out is waited for first: it would take the new one along."""
    after = patiently(
        ctx,
        str(target.ref),
        lambda: ctx.cluster.apply(target.manifest, force=target.force),
        passes=lambda error: is_passing(error) or _is_not_served_yet(target, error),
    )
    if "deletionTimestamp" not in after["metadata"]:
        return after
    await_gone(ctx, [target.ref], LONGEST)
    return patiently(ctx, str(target.ref), lambda: ctx.cluster.apply(target.manifest, force=target.force))


def _recreated(ctx: StepContext, target: Target) -> Done:
    remove_all(ctx, [target.ref])
    _applied(ctx, target)
    return "recreated"


def _is_not_served_yet(target: Target, error: BaseException) -> bool:
    """A server needs a moment until it serves the kind of a definition that it has only just taken."""
    return target.is_of_new_kind and isinstance(error, RequestRejected) and error.cause == "kind-not-served"


def _immutable(target: Target, live: Manifest, error: RequestRejected) -> RequestRejected:
    message = immutable_message(target.ref, immutable_changes(error.fields, live, target.manifest))
    return RequestRejected(message, remedy=IMMUTABLE_REMEDY, fields=error.fields)


def _version(item: Manifest) -> str:
    return str(item["metadata"]["resourceVersion"])
