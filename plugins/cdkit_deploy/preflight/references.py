"""What objects refer to by name is there: Secrets, ConfigMaps and their keys, accounts, volumes, classes, Services.

The fields: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from cdkit.api import Manifest, ObjectRef, Problem
from cdkit_deploy.preflight.finding import Finding
from cdkit_deploy.preflight.pods import PodTemplate
from cdkit_deploy.preflight.surroundings import Surroundings

BUILT_IN_PRIORITIES = ("system-cluster-critical", "system-node-critical")

CLASSES = {
    "StorageClass": "storage.k8s.io/v1",
    "IngressClass": "networking.k8s.io/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "RuntimeClass": "node.k8s.io/v1",
}
"""Kinds that a cluster's operator makes, and their API."""

NAMES_SHOWN = 8


class Reference(msgspec.Struct, frozen=True):
    """One object that another one needs.

    Attributes:
        by: the object that needs it.
        kind: the kind of what is needed.
        name: its name.
        key: the key that has to be in it; empty when any will do.
    """

    by: ObjectRef
    kind: str
    name: str
    key: str = ""


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem for each thing that is referred to and is neither in the deployment nor in the cluster."""
    for reference in dict.fromkeys(references(around.wanted, around.templates)):
        found = around.find(reference.kind, reference.name, CLASSES.get(reference.kind, "v1"))
        if found is None:
            yield _missing(reference, around.namespace)
        elif reference.key and reference.key not in _keys(found):
            yield _without_key(reference, _keys(found))


def references(wanted: Iterable[Manifest], templates: Iterable[PodTemplate]) -> Iterator[Reference]:
    """All that the objects refer to and cannot work without; what is `optional` is left out."""
    for template in templates:
        yield from _of_pod(template)
    for item in wanted:
        spec, ref = item.get("spec") or {}, ObjectRef.of(item)
        if item["kind"] == "PersistentVolumeClaim":
            yield from _storage_class(ref, spec)
        elif item["kind"] == "StatefulSet":
            for claim in spec.get("volumeClaimTemplates") or ():
                yield from _storage_class(ref, claim.get("spec") or {})
        elif item["kind"] == "Ingress":
            yield from _of_ingress(ref, spec)


def _of_pod(template: PodTemplate) -> Iterator[Reference]:
    by, spec = template.owner, template.spec
    for secret in spec.get("imagePullSecrets") or ():
        yield Reference(by, "Secret", secret["name"])
    account = spec.get("serviceAccountName") or "default"
    if account != "default":
        yield Reference(by, "ServiceAccount", account)
    if (priority := spec.get("priorityClassName")) and priority not in BUILT_IN_PRIORITIES:
        yield Reference(by, "PriorityClass", priority)
    if runtime := spec.get("runtimeClassName"):
        yield Reference(by, "RuntimeClass", runtime)
    for container in template.containers:
        yield from _of_environment(by, container)
    for volume in spec.get("volumes") or ():
        yield from _of_volume(by, volume)


def _of_environment(by: ObjectRef, container: Mapping[str, Any]) -> Iterator[Reference]:
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        yield from _keyed(by, "Secret", source.get("secretKeyRef"))
        yield from _keyed(by, "ConfigMap", source.get("configMapKeyRef"))
    for source in container.get("envFrom") or ():
        yield from _whole(by, "Secret", source.get("secretRef"))
        yield from _whole(by, "ConfigMap", source.get("configMapRef"))


def _of_volume(by: ObjectRef, volume: Mapping[str, Any]) -> Iterator[Reference]:
    if claim := volume.get("persistentVolumeClaim"):
        yield Reference(by, "PersistentVolumeClaim", claim["claimName"])
    if secret := volume.get("secret"):
        yield from _mounted(by, "Secret", secret.get("secretName"), secret)
    if config_map := volume.get("configMap"):
        yield from _mounted(by, "ConfigMap", config_map.get("name"), config_map)
    for source in (volume.get("projected") or {}).get("sources") or ():
        for kind, field in (("Secret", "secret"), ("ConfigMap", "configMap")):
            if field in source:
                yield from _mounted(by, kind, source[field].get("name"), source[field])


def _keyed(by: ObjectRef, kind: str, source: Mapping[str, Any] | None) -> Iterator[Reference]:
    if source and not source.get("optional"):
        yield Reference(by, kind, source.get("name", ""), source["key"])


def _whole(by: ObjectRef, kind: str, source: Mapping[str, Any] | None) -> Iterator[Reference]:
    if source and not source.get("optional"):
        yield Reference(by, kind, source.get("name", ""))


def _mounted(by: ObjectRef, kind: str, name: str | None, source: Mapping[str, Any]) -> Iterator[Reference]:
    if source.get("optional"):
        return
    keys = [item["key"] for item in source.get("items") or ()] or [""]
    yield from (Reference(by, kind, name or "", key) for key in keys)


def _storage_class(by: ObjectRef, spec: Mapping[str, Any]) -> Iterator[Reference]:
    # The empty string asks for no class at all; a volume that exists already needs none.
    if (name := spec.get("storageClassName")) and not spec.get("volumeName"):
        yield Reference(by, "StorageClass", name)


def _of_ingress(by: ObjectRef, spec: Mapping[str, Any]) -> Iterator[Reference]:
    if name := spec.get("ingressClassName"):
        yield Reference(by, "IngressClass", name)
    backends = [spec.get("defaultBackend")]
    for rule in spec.get("rules") or ():
        backends += [path.get("backend") for path in (rule.get("http") or {}).get("paths") or ()]
    for backend in backends:
        if service := (backend or {}).get("service"):
            yield Reference(by, "Service", service["name"])


def _keys(found: Manifest) -> list[str]:
    """The keys of a Secret or a ConfigMap; never its values."""
    return sorted({key for field in ("data", "stringData", "binaryData") for key in found.get(field) or ()})


def _missing(reference: Reference, namespace: str) -> Problem:
    needed, where = f"{reference.kind} {reference.name}", "" if reference.kind in CLASSES else f" in {namespace!r}"
    remedy = (
        f"Ask who runs the cluster which {reference.kind} there is: kubectl get {reference.kind.lower()}"
        if reference.kind in CLASSES
        else "Add it to the manifests, or create it before."
    )
    return Problem(f"{reference.by} needs the {needed}, and there is none{where}.", None, remedy)


def _without_key(reference: Reference, keys: list[str]) -> Problem:
    shown = ", ".join(map(repr, keys[:NAMES_SHOWN])) or "no keys at all"
    more = f" and {len(keys) - NAMES_SHOWN} more" if len(keys) > NAMES_SHOWN else ""
    message = (
        f"{reference.by} needs the key {reference.key!r} of {reference.kind} {reference.name}, which has {shown}{more}."
    )
    return Problem(message, None, "Add the key, or name one that is there.")
