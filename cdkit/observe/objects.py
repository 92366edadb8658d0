"""Watches objects of any kind until they are really ready, or it is clear that one of them never will be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cdkit.diagnosis.custom_resource import has_own_readiness
from cdkit.diagnosis.deletion import diagnose_deletion
from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.replicas import is_observed, not_observed_yet
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Progress, Verdict
from cdkit.models.kube import ObjectRef
from cdkit.observe.at_once import READY
from cdkit.observe.follow import Terms, follow
from cdkit.observe.kinds import OTHER, PODS, kind_of
from cdkit.observe.snapshot import Snapshot
from cdkit.observe.watches import Surroundings, itself, own_watches, selector_text, watches
from cdkit.ports.cluster import Cluster

OnProgress = Callable[[ObjectRef, Progress], None]
"""Called with an object, how many of its replicas are as they are to be, and how many there are to be."""


def follow_objects(
    cluster: Cluster,
    refs: Iterable[ObjectRef],
    terms: Terms,
    *,
    on_progress: OnProgress,
    seconds: float,
) -> dict[ObjectRef, Decision]:
    """Watch objects until all are ready at the same moment, one of them cannot become so, or the time is over.

    However many they are, there is one watch a kind and namespace. What is ready as soon as it is there, such as a
    ConfigMap, is not asked for at all.

    Args:
        cluster: the API server.
        refs: the objects; one that is not there has failed.
        terms: how they are followed.
        on_progress: hears how many replicas are as they are to be, whenever that changes.
        seconds: how long to watch; after that the decisions are the last ones, some of which are not final.

    Returns:
        The decision on each object, in the order of `refs`.

    Raises:
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """
    decisions = dict.fromkeys(refs, READY)
    followed = [ref for ref in decisions if kind_of(ref) is not None]
    if not followed:
        return decisions
    latest = terms.clock.monotonic() + seconds
    queries = watches(followed, _selectors(cluster, followed))
    return decisions | follow(cluster, queries, followed, _Look(followed, on_progress), terms, latest)


def follow_removal(
    cluster: Cluster, refs: Iterable[ObjectRef], terms: Terms, *, seconds: float
) -> dict[ObjectRef, Decision]:
    """Watch objects that were deleted until the last of them has gone, one is held, or the time is over.

    Args:
        cluster: the API server.
        refs: the objects; some may have gone already.
        terms: how they are followed.
        seconds: how long to watch; after that the decisions are the last ones, some of which are not final.

    Returns:
        The decision on each object, in the order of `refs`.

    Raises:
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """
    keys = tuple(dict.fromkeys(refs))
    if not keys:
        return {}

    def look(seen: Snapshot) -> dict[ObjectRef, Verdict]:
        return {ref: diagnose_deletion(itself(seen, ref)) for ref in keys}

    return follow(cluster, own_watches(keys), keys, look, terms, terms.clock.monotonic() + seconds)


def follow_generation(cluster: Cluster, ref: ObjectRef, terms: Terms, *, seconds: float) -> Decision:
    """Watch a workload until its controller has looked at it as it is now, or the time is over.

    What the controller does from then on it does by this specification: before that it may still do something by an
    older one, such as start a pod of the template before (`metadata.generation`, `status.observedGeneration`).

    Args:
        cluster: the API server.
        ref: the workload; when it goes meanwhile there is nothing to wait for.
        terms: how it is followed.
        seconds: how long to watch; after that the decision is the last one, which is not final.

    Raises:
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """

    def look(seen: Snapshot) -> dict[ObjectRef, Verdict]:
        live = itself(seen, ref)
        if live is None or is_observed(live):
            return {ref: READY.verdict}
        return {ref: not_observed_yet(live)}

    return follow(cluster, own_watches((ref,)), (ref,), look, terms, terms.clock.monotonic() + seconds)[ref]


def _selectors(cluster: Cluster, refs: Sequence[ObjectRef]) -> dict[ObjectRef, str]:
    """Which pods to watch, where only one object has pods; the pods of several are not told apart by the server."""
    with_pods = [ref for ref in refs if PODS in getattr(kind_of(ref), "needs", ())]
    if len(with_pods) != 1:
        return {}
    (ref,) = with_pods
    live = cluster.get(ref) or {}
    return {ref: selector_text((live.get("spec") or {}).get("selector") or {})}


class _Look:
    """Gives a verdict on each object, and tells progress on the way."""

    def __init__(self, refs: Sequence[ObjectRef], on_progress: OnProgress) -> None:
        self._refs = refs
        self._on_progress = on_progress
        self._told: dict[ObjectRef, Progress] = {}

    def __call__(self, seen: Snapshot) -> dict[ObjectRef, Verdict]:
        verdicts = {ref: self._verdict(ref, seen) for ref in self._refs}
        for ref, verdict in verdicts.items():
            if verdict.progress != self._told.get(ref, Progress()):
                self._on_progress(ref, verdict.progress)
                self._told[ref] = verdict.progress
        return verdicts

    def _verdict(self, ref: ObjectRef, seen: Snapshot) -> Verdict:
        live, kind = itself(seen, ref), kind_of(ref)
        if live is None:
            return Verdict("failed", f"{ref} is not there", (_gone(ref),))
        if live["metadata"].get("deletionTimestamp") and ref.kind != "Pod":
            return diagnose_deletion(live)
        judged = OTHER if kind is None or has_own_readiness(live) else kind
        return judged.diagnose(live, Surroundings(seen, ref, self._refs))


def _gone(ref: ObjectRef) -> Cause:
    where = f" in {ref.namespace!r}" if ref.namespace else ""
    return Cause(
        id="object-gone",
        sentence=f"{ref} is not there any more: somebody has deleted it.",
        subject=str(ref),
        evidence=(f"the API server lists no {ref}{where}",),
        remedy="Find out who deleted it, and run again.",
        patience=FATAL_NOW,
    )
