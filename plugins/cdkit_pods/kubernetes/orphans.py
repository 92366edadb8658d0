"""What runs that were killed have left in a cluster."""

from __future__ import annotations

from cdkit.api import AccessDenied, Cluster, Manifest, ObjectQuery, ObjectRef
from cdkit_pods.kubernetes.manifest import END_SECONDS
from cdkit_pods.ownership import OURS, RUN, STEP, Machine, is_orphan

_SELECTOR = ",".join(f"{name}={value}" for name, value in OURS.items())


def remove_orphans(cluster: Cluster, namespace: str, now: float, machine: Machine) -> list[str]:
    """Remove what nobody needs any more; gives a line on each thing that was removed.

    Pods and Secrets of a namespace, and all namespaces that were made for one pod. Of what our account may not list,
    or may not delete, nothing is said: those who made it have their own account.

    Args:
        cluster: the API server.
        namespace: the one that test pods share.
        now: seconds since the epoch.
        machine: where we are.
    """
    queries = (
        ObjectQuery("v1", "Pod", namespace, _SELECTOR),
        ObjectQuery("v1", "Secret", namespace, _SELECTOR),
        ObjectQuery("v1", "Namespace", "", _SELECTOR),
    )
    found = [manifest for query in queries for manifest in _listed(cluster, query)]
    orphans = [manifest for manifest in found if _is_left(manifest, now, machine)]
    return [_line(manifest) for manifest in orphans if _removed(cluster, manifest)]


def _listed(cluster: Cluster, query: ObjectQuery) -> list[Manifest]:
    try:
        return cluster.list(query)[0]
    except AccessDenied:
        return []


def _is_left(manifest: Manifest, now: float, machine: Machine) -> bool:
    """Whether it is an orphan that nobody has begun to remove. What has an owner goes with it, and is not renewed."""
    metadata = manifest["metadata"]
    if "deletionTimestamp" in metadata or "ownerReferences" in metadata:
        return False
    marks = {**metadata.get("annotations", {}), **metadata.get("labels", {})}
    return is_orphan(marks, now, machine)


def _removed(cluster: Cluster, manifest: Manifest) -> bool:
    grace = END_SECONDS if manifest["kind"] == "Pod" else None
    try:
        return cluster.delete(ObjectRef.of(manifest), grace_seconds=grace)
    except AccessDenied:
        return False


def _line(manifest: Manifest) -> str:
    labels = manifest["metadata"]["labels"]
    return f"{ObjectRef.of(manifest)}, left behind by {labels.get(STEP, 'a step')!r} of run {labels.get(RUN, '?')}"
