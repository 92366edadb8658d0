"""The account may do all that the deployment will need; what it may not is given as a Role to paste.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import msgspec
import yaml

from cdkit.api import Cluster, Manifest, Permission, Problem, ask_all
from cdkit_deploy.preflight.finding import Finding
from cdkit_deploy.preflight.surroundings import Surroundings

OF_EACH_KIND = ("get", "create", "patch", "delete")
"""Deleting takes back what a failed deployment has made."""

TO_WATCH = ("list", "watch")

RBAC = "rbac.authorization.k8s.io/v1"


class Right(msgspec.Struct, frozen=True, order=True):
    """A verb on a resource (in the plural, with `/subresource` where there is one), in the namespace or everywhere."""

    group: str
    resource: str
    verb: str
    namespaced: bool = True


def findings(
    around: Surroundings, needed: Iterable[Permission], watched: Iterable[tuple[str, str]] = ()
) -> Iterator[Finding]:
    """One problem with all that the account may not do.

    Args:
        around: the objects to deploy, and the cluster.
        needed: what a step needs beside the objects themselves: verb, API group and resource.
        watched: the API versions and kinds of what it watches (`StepContext.watched_kinds`).
    """
    asked = {Right(group, resource, verb) for verb, group, resource in needed}
    kinds = {(item["apiVersion"], item["kind"]) for item in around.wanted}
    rights = sorted(
        {*asked, *_on_kinds(around.cluster, kinds, OF_EACH_KIND), *_on_kinds(around.cluster, watched, TO_WATCH)}
    )
    allowed = ask_all([partial(_is_allowed, around, right) for right in rights])
    missing = [right for right, yes in zip(rights, allowed, strict=True) if not yes]
    if missing:
        yield _problem(missing, around.namespace)


def to_watch(cluster: Cluster, kinds: Iterable[tuple[str, str]]) -> list[Permission]:
    """What watching kinds of a namespace takes."""
    return [(right.verb, right.group, right.resource) for right in _on_kinds(cluster, kinds, TO_WATCH)]


def _on_kinds(cluster: Cluster, kinds: Iterable[tuple[str, str]], verbs: Iterable[str]) -> Iterator[Right]:
    for api_version, kind in kinds:
        resource = cluster.resource(api_version, kind)
        # A kind that the server does not know yet comes with its definition; that it never comes, the dry run tells.
        if resource is not None:
            group = api_version.rpartition("/")[0]
            yield from (Right(group, resource.plural, verb, resource.namespaced) for verb in verbs)


def _is_allowed(around: Surroundings, right: Right) -> bool:
    namespace = around.namespace if right.namespaced else ""
    return around.cluster.allowed(right.verb, right.group, right.resource, namespace)


def _problem(missing: Sequence[Right], namespace: str) -> Problem:
    said = "; ".join(f"{', '.join(verbs)} {_where(group, resource)}" for group, resource, verbs in _grouped(missing))
    kinds = " and a ".join(role["kind"] for role in roles(missing, namespace))
    return Problem(
        f"The account of the build may not do all that the deployment in {namespace!r} needs: {said}.",
        None,
        f"Give the account this {kinds}, by a binding of the same kind:",
        paste=tuple(yaml.safe_dump_all(roles(missing, namespace), sort_keys=False).splitlines()),
    )


def roles(missing: Iterable[Right], namespace: str) -> list[Manifest]:
    """The Role, and the ClusterRole, that allow what is missing; one rule for each set of verbs of a group."""
    made = []
    for kind, namespaced in (("Role", True), ("ClusterRole", False)):
        rights = [right for right in missing if right.namespaced is namespaced]
        if rights:
            metadata = {"name": "cdkit", "namespace": namespace} if namespaced else {"name": "cdkit"}
            made.append({"apiVersion": RBAC, "kind": kind, "metadata": metadata, "rules": _rules(rights)})
    return made


def _rules(rights: Sequence[Right]) -> list[dict[str, list[str]]]:
    resources: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for group, resource, verbs in _grouped(rights):
        resources.setdefault((group, verbs), []).append(resource)
    return [
        {"apiGroups": [group], "resources": names, "verbs": list(verbs)} for (group, verbs), names in resources.items()
    ]


def _grouped(rights: Iterable[Right]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The verbs of each resource."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for right in rights:
        verbs.setdefault((right.group, right.resource), []).append(right.verb)
    for (group, resource), names in verbs.items():
        yield group, resource, tuple(names)


def _where(group: str, resource: str) -> str:
    return f"{resource}.{group}" if group else resource
