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

    The container may have been restarted since the cause was seen: where that instance printed nothing, the other one
    (`--previous`) is asked. A log that cannot be had is no reason to tell less: the kubelet keeps only so many of them.
    """
    if cause.log is None:
        return cause
    pod = ObjectRef("v1", "Pod", cause.pod, namespace)
    failures: list[WorldFailed] = []
    for previous in (cause.log == "previous", cause.log != "previous"):
        try:
            lines = list(
                cluster.logs(pod, cause.container, cancellation=cancellation, previous=previous, tail=LAST_LINES)
            )
        except WorldFailed as error:
            failures.append(error)
        else:
            if lines:
                return diagnosis.with_log(cause, lines)
    # That there is no previous instance is no news; that none of the logs can be read is.
    unread = len(failures) > 1
    return diagnosis.with_log(
        cause, [f"(its log could not be read: {failures[0].message})" if unread else "(it printed nothing)"]
    )
