"""Objects against the types of a Kubernetes version: no unknown field, none of a wrong type, none missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from cdkit.api import Manifest
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.finding import Finding
from cdkit_manifests.validation.structure import mistakes
from cdkit_manifests.versions.library import definitions, kinds, known_versions
from cdkit_manifests.versions.version import KubernetesVersion

RULE = "schema"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_METADATA: FieldPath = ("metadata",)
REMEDY = "Correct the field where it comes from; `kubectl explain` tells what it takes."

_NEEDS_SPEC = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Job",
        "PersistentVolumeClaim",
        "Pod",
        "PodDisruptionBudget",
        "Service",
        "StatefulSet",
    }
)
"""Kinds that are nothing without a `spec`, which the schemas do not say."""


def schema_findings(item: Manifest, version: KubernetesVersion) -> Iterator[Finding]:
    """What is wrong with an object's form. Of custom resources only the metadata are known.

    Args:
        item: the object.
        version: the version; one of those that there are schemas of.
    """
    group, _, name = item["apiVersion"].rpartition("/")
    kind = kinds(version).get((group, name, item["kind"]))
    if kind is None and group in _own_groups():
        what = f"is {item['apiVersion']!r}, and Kubernetes {version} has no {item['kind']} there"
        yield _finding(item, ("apiVersion",), what, _known_elsewhere(item["kind"], version))
        return
    types = definitions(version)["$defs"]
    found = (
        mistakes(item, types[kind], types) if kind else mistakes(item["metadata"], types[METADATA], types, _METADATA)
    )
    for mistake in found:
        yield _finding(item, mistake.path, mistake.what, _suggestion(mistake.path[-1], mistake.known))
    if kind and item["kind"] in _NEEDS_SPEC and "spec" not in item:
        yield _finding(item, ("spec",), "is missing")


def _finding(item: Manifest, path: FieldPath, what: str, remedy: str = REMEDY) -> Finding:
    return Finding(RULE, Field(item["kind"], item["metadata"]["name"], path), what, remedy)


def _suggestion(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else REMEDY


def _known_elsewhere(kind: str, version: KubernetesVersion) -> str:
    served = [f"{group}/{name}" if group else name for group, name, other in kinds(version) if other == kind]
    return f"It is in {' and '.join(served)}." if served else "Leave the object out, or write it for another version."


@cache
def _own_groups() -> frozenset[str]:
    """The API groups that Kubernetes has or had in any version; all others are of custom resources."""
    return frozenset(group for version in (known_versions()[0], known_versions()[-1]) for group, _, _ in kinds(version))
