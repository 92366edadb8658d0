"""The cluster, and what our account may do in it."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place
from cdkit.models.kube import ObjectRef
from cdkit.ports.cluster import Cluster


def check(place: Place) -> Iterator[Finding]:
    """It answers, and we may do what steps need. Where nobody speaks of a cluster there need not be any."""
    if not is_configured(place):
        message = "No cluster is configured; rolling-update and set-image need one, run-test-pod can do with an engine."
        yield Finding("cluster", "remark", message, "Point KUBECONFIG at a kubeconfig, if the pipeline needs one.")
        return
    cluster = place.world.cluster(place.context)
    namespace = place.namespace or cluster.default_namespace
    yield _presence(place, cluster, namespace)
    yield _permissions(place, cluster, namespace)


def _presence(place: Place, cluster: Cluster, namespace: str) -> Finding:
    version = cluster.version()
    context = f"context {place.context!r}" if place.context else "the current context"
    if cluster.get(ObjectRef("v1", "Namespace", namespace)) is None:
        remedy = f"Create it: kubectl create namespace {namespace}"
        return Finding("cluster", "wrong", f"{context} has no namespace {namespace!r}.", remedy)
    return Finding("cluster", "well", f"Kubernetes {version} answers to {context}, namespace {namespace!r}")


def _permissions(place: Place, cluster: Cluster, namespace: str) -> Finding:
    """What the steps declare, asked by SelfSubjectAccessReview."""
    wanted: dict[tuple[str, str, str], list[str]] = {}
    for name, step in place.load_steps().steps.items():
        for permission in step.permissions:
            wanted.setdefault(permission, []).append(name)
    denied = [
        f"{verb} {resource}{f'.{group}' if group else ''}: {', '.join(steps)}"
        for (verb, group, resource), steps in wanted.items()
        if not cluster.allowed(verb, group, resource, namespace)
    ]
    if denied:
        message = f"Our account may not do all in namespace {namespace!r} that some steps need."
        remedy = "Give it a Role that allows this, if the pipeline has these steps."
        return Finding("permissions", "wrong", message, remedy, tuple(denied))
    steps = sorted({step for names in wanted.values() for step in names})
    return Finding("permissions", "well", f"enough in namespace {namespace!r} for {', '.join(steps)}")


def is_configured(place: Place) -> bool:
    """Whether somebody speaks of a cluster: an argument, a variable, a file, or the pod that we run in."""
    spoken = (place.context, place.environ.get("KUBECONFIG"), place.environ.get("KUBERNETES_SERVICE_HOST"))
    return any(spoken) or (place.home / ".kube" / "config").is_file()
