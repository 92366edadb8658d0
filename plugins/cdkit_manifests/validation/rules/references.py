"""References: what is named has to be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdkit_manifests.fields import Field
from cdkit_manifests.validation.examined import Examined, Pod, Wrong, below

_ALWAYS_THERE = {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}
_DATA = ("data", "stringData", "binaryData")

Reference = tuple[Field, str, str, str]
"""Where it stands, the kind and name that it means, and the key in that, which may be empty."""


def mounts(examined: Examined) -> Iterator[Wrong]:
    """What a container mounts is a volume of its pod, and each mount has a place of its own."""
    for pod in examined.pods:
        volumes = {volume.get("name") for _, volume in pod.entries("volumes")} | _claimed(pod)
        for container in pod.containers:
            places = set()
            for field, mount in container.entries("volumeMounts"):
                if mount.get("name") not in volumes:
                    yield below(field, "name"), f"is {mount.get('name')!r}, and the pod has no such volume"
                if mount.get("mountPath") in places:
                    yield below(field, "mountPath"), f"is {mount.get('mountPath')!r}, where another volume is mounted"
                places.add(mount.get("mountPath"))


def objects(examined: Examined) -> Iterator[Wrong]:
    """What a pod needs is among the manifests, or known to be in the cluster."""
    for pod in examined.pods:
        for field, kind, name, key in (*_of_pod(pod), *_of_containers(pod)):
            if (kind, name) not in _ALWAYS_THERE and not examined.is_there(kind, name):
                yield field, f"needs {kind} {name}, which is neither here nor named in `external`"
            elif key and not _has_key(examined, kind, name, key):
                yield field, f"needs the key {key!r}, which {kind} {name} does not have"


def services_of_stateful_sets(examined: Examined) -> Iterator[Wrong]:
    """The Service that gives the pods of a StatefulSet their names is there."""
    for pod in examined.pods:
        name = pod.item["spec"].get("serviceName") if pod.item["kind"] == "StatefulSet" else None
        if name and not examined.is_there("Service", name):
            yield pod.workload_field("spec", "serviceName"), f"is {name!r}, and there is no such Service"


def _claimed(pod: Pod) -> set[Any]:
    templates = pod.item["spec"].get("volumeClaimTemplates") or ()
    return {(template.get("metadata") or {}).get("name") for template in templates}


def _has_key(examined: Examined, kind: str, name: str, key: str) -> bool:
    item = examined.find(kind, name)
    return item is None or any(key in (item.get(group) or {}) for group in _DATA)


def _of_pod(pod: Pod) -> Iterator[Reference]:
    account = pod.spec.get("serviceAccountName")
    if account:
        yield pod.field("serviceAccountName"), "ServiceAccount", account, ""
    for field, volume in pod.entries("volumes"):
        yield from _of_source(field, volume)
        projected = (volume.get("projected") or {}).get("sources") or ()
        for number, source in enumerate(projected):
            yield from _of_source(below(field, "projected", "sources", f"[{number}]"), source)
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim:
            yield below(field, "persistentVolumeClaim", "claimName"), "PersistentVolumeClaim", claim, ""


def _of_source(field: Field, source: dict[str, Any]) -> Iterator[Reference]:
    """What a volume or a part of one is made of; a Secret is called in two ways."""
    for part, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
        value = source.get(part) or {}
        name = value.get("secretName") or value.get("name")
        if name and not value.get("optional"):
            keys = [item.get("key", "") for item in value.get("items") or ()] or [""]
            yield from ((below(field, part), kind, name, key) for key in keys)


def _of_containers(pod: Pod) -> Iterator[Reference]:
    for container in pod.containers:
        for field, source in container.entries("envFrom"):
            yield from _of_variable(field, source, {"configMapRef": "ConfigMap", "secretRef": "Secret"})
        for field, variable in container.entries("env"):
            kinds = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
            yield from _of_variable(below(field, "valueFrom"), variable.get("valueFrom") or {}, kinds)


def _of_variable(field: Field, source: dict[str, Any], kinds: dict[str, str]) -> Iterator[Reference]:
    for part, kind in kinds.items():
        value = source.get(part)
        if value and value.get("name") and not value.get("optional"):
            yield below(field, part), kind, value["name"], value.get("key", "")
