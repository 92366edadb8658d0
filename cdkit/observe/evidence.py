"""Completes a cause with what only the cluster can tell: the last lines of the container that failed."""

from __future__ import annotations

from cdkit.diagnosis import log as diagnosis
from cdkit.diagnosis.verdict import Cause
from cdkit.errors import WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.kube import ObjectRef
from cdkit.ports.cluster import Cluster

LAST_LINES = 20


def with_log(cluster: Cluster, namespace: str, cause: Cause, cancellation: Cancellation) -> Cause:
    """The cause, with the last lines of the log that it points at as further evidence.

    A log that cannot be had is no reason to tell less: the kubelet keeps only so many of them.
    """
    if cause.log is None:
        return cause
    pod = ObjectRef("v1", "Pod", cause.pod, namespace)
    try:
        lines = list(
            cluster.logs(
                pod,
                cause.container,
                cancellation=cancellation,
                previous=cause.log == "previous",
                tail=LAST_LINES,
            )
        )
    except WorldFailed as error:
        lines = [f"(its log could not be read: {error.message})"]
    return diagnosis.with_log(cause, lines or ["(it printed nothing)"])
