"""Fitting manifests to a version of Kubernetes: in the newest form that it serves, without what it does not know."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cdkit.api import Manifest
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.finding import Finding
from cdkit_manifests.identity import step_name
from cdkit_manifests.pods import TEMPLATES, pod_path
from cdkit_manifests.versions.table import ANY, FIELDS, KINDS, FieldVersion
from cdkit_manifests.versions.version import KubernetesVersion

RULE = "version"


class Fitted(msgspec.Struct, frozen=True):
    """Manifests for one version.

    Attributes:
        objects: the objects, in the order in which they came.
        left_out: what was left out, for it only made something better.
        refused: what the version cannot express; the objects still hold it.
    """

    objects: list[Manifest]
    left_out: list[Finding]
    refused: list[Finding]


def fit(objects: Sequence[Manifest], version: KubernetesVersion) -> Fitted:
    """Objects as a version of Kubernetes takes them. What is given stays as it is.

    Args:
        objects: the objects, in the newest form or in an older one.
        version: the version that they are for.
    """
    fitted = Fitted(copy.deepcopy(list(objects)), [], [])
    for item in fitted.objects:
        _move(item, version, fitted)
        for field in FIELDS:
            if version < field.since and _concerns(field, item):
                _drop(item, field, version, fitted)
    return fitted


def _move(item: Manifest, version: KubernetesVersion, fitted: Fitted) -> None:
    """Say the API version that serves the kind; the fields are the same in both."""
    for kind in KINDS:
        if item["kind"] == kind.kind and item["apiVersion"] in {kind.newest, kind.older}:
            served = kind.newest if version >= kind.since else kind.older
            if served != item["apiVersion"] and _selects_nothing(item):
                what = "is empty, which means all pods in policy/v1 and none in policy/v1beta1"
                fitted.refused.append(_finding(item, ("spec", "selector"), what, "Say which pods are meant."))
            item["apiVersion"] = served


def _selects_nothing(item: Manifest) -> bool:
    return item["kind"] == "PodDisruptionBudget" and not (item.get("spec") or {}).get("selector")


def _concerns(field: FieldVersion, item: Manifest) -> bool:
    return item["kind"] in TEMPLATES if field.kind == "Pod" else item["kind"] == field.kind


def _drop(item: Manifest, field: FieldVersion, version: KubernetesVersion, fitted: Fitted) -> None:
    """Take a field out wherever it stands; leave it where the manifests would mean something else without it."""
    way = (*pod_path(item), *field.path) if field.kind == "Pod" else field.path
    for holder, path in list(_holders(item, way, ())):
        name = way[-1]
        value = holder[name]
        what = f"needs Kubernetes {field.since}, and this is for {version}"
        if value == field.harmless and field.harmless is not None:
            del holder[name]
        elif field.loss == "tell":
            del holder[name]
            fitted.left_out.append(_finding(item, (*path, name), f"{what}: it is left out", "Nothing has to be done."))
        else:
            remedy = f"Do without it, or write for Kubernetes {field.since} or later (`kubernetes_version`)."
            fitted.refused.append(_finding(item, (*path, name), what, remedy))


def _holders(value: Any, way: FieldPath, path: FieldPath) -> Iterator[tuple[dict[str, Any], FieldPath]]:
    """The mappings that have the last field of a way, with the way to each."""
    step, *rest = way
    if step == ANY:
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            yield from _holders(entry, tuple(rest), (*path, step_name(path[-1], entry, index)))
    elif isinstance(value, dict) and step in value:
        if rest:
            yield from _holders(value[step], tuple(rest), (*path, step))
        else:
            yield value, path


def _finding(item: Manifest, path: FieldPath, what: str, remedy: str) -> Finding:
    return Finding(RULE, Field(item["kind"], item["metadata"]["name"], path), what, remedy)
