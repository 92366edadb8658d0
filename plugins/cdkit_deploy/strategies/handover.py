"""One ReplicationController hands over to another one, pod by pod; each step can be the last one of a run."""

from __future__ import annotations

from cdkit.api import Duration, Manifest, ObjectNotFound, ObjectRef, StepContext
from cdkit_deploy.rollout import await_gone, await_rollout
from cdkit_deploy.strategies.alternation import Bounds, Counts
from cdkit_deploy.strategies.controllers import pods_of, replicas_of
from cdkit_deploy.transaction.patience import patiently


class Handover:
    """From one controller to another.

    Args:
        ctx: the step's context.
        old: the controller whose pods go.
        new: the controller whose pods come.
        bounds: between which numbers of pods.
        longest: how long it may take in all.
    """

    def __init__(self, ctx: StepContext, old: ObjectRef, new: ObjectRef, bounds: Bounds, longest: Duration) -> None:
        self._ctx = ctx
        self._old = old
        self._new = new
        self._bounds = bounds
        self._latest = ctx.clock.monotonic() + longest

    def carry_out(self) -> str:
        """Grow the new and shrink the old one in turns; gives the last summary.

        Raises:
            RolloutFailed: the new pods do not become available.
        """
        if self._bounds.least == 0 and self._bounds.most == self._bounds.desired:
            self._end_all_old_pods()
        while True:
            counts = self._grow(self._counts())
            summary = await_rollout(self._ctx, self._new, self._time_left())
            counts = self._shrink(counts)
            if self._bounds.is_done(counts):
                return summary

    def _counts(self) -> Counts:
        return Counts(replicas_of(self._look(self._old)), replicas_of(self._look(self._new)))

    def _grow(self, counts: Counts) -> Counts:
        grown = self._bounds.grown(counts)
        self._scale(self._new, counts.new, grown.new)
        return grown

    def _shrink(self, counts: Counts) -> Counts:
        shrunk = self._bounds.shrunk(counts)
        self._scale(self._old, counts.old, shrunk.old)
        return shrunk

    def _end_all_old_pods(self) -> None:
        """To recreate: two versions never run at the same time."""
        old = self._look(self._old)
        pods = pods_of(self._ctx.cluster, old["spec"]["selector"], self._old.namespace)
        self._scale(self._old, replicas_of(old), 0)
        await_gone(self._ctx, [ObjectRef.of(pod) for pod in pods], self._time_left())

    def _scale(self, ref: ObjectRef, before: int, after: int) -> None:
        self._ctx.cancellation.raise_if_cancelled()
        if before != after:
            self._ctx.say(f"Scaling {ref} {'up' if after > before else 'down'} to {after}.")
            scaled = {"spec": {"replicas": after}}
            patiently(self._ctx, str(ref), lambda: self._ctx.cluster.patch(ref, scaled, "merge"))

    def _look(self, ref: ObjectRef) -> Manifest:
        live = self._ctx.cluster.get(ref)
        if live is None:
            raise ObjectNotFound(f"{ref} was deleted while it handed its pods over.")
        return live

    def _time_left(self) -> Duration:
        return Duration(max(0.0, self._latest - self._ctx.clock.monotonic()))
