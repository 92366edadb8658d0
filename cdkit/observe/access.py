"""What has to be there before anything is changed: the namespace, and what our account is allowed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdkit.errors import AccessDenied
from cdkit.models.kube import ObjectRef
from cdkit.models.problem import Problem
from cdkit.ports.cluster import Cluster

Permission = tuple[str, str, str]
"""A verb, an API group (empty for the core) and a resource in the plural, with `/subresource` where there is one."""


def check_namespace(cluster: Cluster, namespace: str, step: str) -> Iterator[Problem]:
    """The namespace that a step works in is there, as far as our account may see that.

    One that may work in a namespace often may not look at namespaces; what is asked for in it tells all the same.
    """
    try:
        live = cluster.get(ObjectRef("v1", "Namespace", namespace))
    except AccessDenied:
        return
    if live is None:
        remedy = f"Create it: kubectl create namespace {namespace}"
        yield Problem(f"The namespace {namespace!r} of {step!r} does not exist in the cluster.", None, remedy)


def check_permissions(cluster: Cluster, namespace: str, needed: Iterable[Permission]) -> Iterator[Problem]:
    """Our account is allowed all that is needed (SelfSubjectAccessReview)."""
    for verb, group, resource in needed:
        if not cluster.allowed(verb, group, resource, namespace):
            where = f"{resource}.{group}" if group else resource
            remedy = f"Give the build's account a Role in {namespace!r} that allows it."
            yield Problem(f"The account of the build may not {verb} {where} in {namespace!r}.", None, remedy)
