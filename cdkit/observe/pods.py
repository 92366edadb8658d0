"""Watches a pod that runs once, a test pod, until it has ended or cannot run."""

from __future__ import annotations

from collections.abc import Callable

from cdkit.diagnosis.companion import ALONE, Companions
from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.single_pod import diagnose_test_pod
from cdkit.diagnosis.verdict import Verdict
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.observe.follow import Terms, follow
from cdkit.observe.snapshot import Snapshot
from cdkit.ports.cluster import Watchable


def follow_pod(
    source: Watchable,
    ref: ObjectRef,
    container: str,
    terms: Terms,
    *,
    on_look: Callable[[Manifest], None],
    companions: Companions = ALONE,
) -> Decision:
    """Watch a pod until its main container has ended, or it is clear that it never will run.

    Args:
        source: an API server, or what speaks as one.
        ref: the pod.
        container: its main container.
        terms: how it is followed.
        on_look: gets the pod at every look, to follow its logs, say.
        companions: containers beside the main one that may not end as they like.

    Raises:
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """

    def diagnose(seen: Snapshot) -> dict[ObjectRef, Verdict]:
        pod = next(iter(seen["pods"]), None)
        if pod is not None:
            on_look(pod)
        verdict = diagnose_test_pod(pod, seen["events"], container=container, name=ref.name, companions=companions)
        return {ref: verdict}

    return follow(source, _queries(ref), [ref], diagnose, terms)[ref]


def _queries(ref: ObjectRef) -> dict[str, ObjectQuery]:
    by_name = f"metadata.name={ref.name}"
    about_it = f"involvedObject.kind=Pod,involvedObject.name={ref.name}"
    return {
        "pods": ObjectQuery("v1", "Pod", ref.namespace, field_selector=by_name),
        "events": ObjectQuery("v1", "Event", ref.namespace, field_selector=about_it),
    }
