"""Kustomize's transformers, for what they are made for: images, replicas and the namespace of an environment.

Each gives its entry in a `kustomization.yaml` and the base as it is after it, so that patches say only the rest.
https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from cdkit.api import ImageReference, Manifest
from cdkit_manifests.pods import containers_of, template_of
from cdkit_manifests.scopes import is_cluster_wide

_SCALED = ("Deployment", "StatefulSet")
_NAMESPACE_ELSEWHERE = frozenset(
    {
        "RoleBinding",
        "ClusterRoleBinding",
        "APIService",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
    }
)
"""Kinds in which the namespace transformer changes more than the object's own namespace."""


def transform(base: Sequence[Manifest], wanted: Sequence[Manifest]) -> tuple[dict[str, Any], list[Manifest]]:
    """The entries of an overlay's `kustomization.yaml`, and the base with all of them done.

    Args:
        base: the objects of the base.
        wanted: the environment's objects.
    """
    objects = copy.deepcopy(list(base))
    namespace = _namespace(objects, wanted)
    images = list(_images(objects, wanted))
    replicas = list(_replicas(objects, wanted))
    entries = {"namespace": namespace, "images": images, "replicas": replicas}
    return {name: value for name, value in entries.items() if value}, objects


def _namespace(objects: list[Manifest], wanted: Sequence[Manifest]) -> str:
    """The one namespace of all objects of the environment, where the base has another; else nothing."""
    found = {item["metadata"].get("namespace", "") for item in wanted if not is_cluster_wide(item)}
    special = any(item["kind"] in _NAMESPACE_ELSEWHERE for item in (*objects, *wanted))
    inside = [item for item in objects if not is_cluster_wide(item)]
    namespace = found.pop() if len(found) == 1 else ""
    if special or not namespace or all(item["metadata"].get("namespace") == namespace for item in inside):
        return ""
    for item in inside:
        item["metadata"]["namespace"] = namespace
    return str(namespace)


def _images(objects: list[Manifest], wanted: Sequence[Manifest]) -> Iterator[dict[str, str]]:
    """An entry for each image of which all containers of the environment run the same other tag or digest."""
    for name in sorted({_repository(container) for container in _containers(objects)}):
        containers = [container for container in _containers(objects) if _repository(container) == name]
        images = {container["image"] for container in _containers(wanted) if _repository(container) == name}
        image = images.pop() if len(images) == 1 else ""
        reference = ImageReference.parse(image)
        # A tag and a digest together are more than an entry can say.
        if bool(reference.tag) == bool(reference.digest) or all(item["image"] == image for item in containers):
            continue
        for container in containers:
            container["image"] = image
        version = {"digest": reference.digest} if reference.digest else {"newTag": reference.tag}
        yield {"name": name, **version}


def _replicas(objects: list[Manifest], wanted: Sequence[Manifest]) -> Iterator[dict[str, Any]]:
    """An entry for each name under which everything that can be scaled has the same other number of pods."""
    for name in sorted({item["metadata"]["name"] for item in objects if item["kind"] in _SCALED}):
        scaled = [item for item in objects if item["kind"] in _SCALED and item["metadata"]["name"] == name]
        counts = {
            item["spec"].get("replicas")
            for item in wanted
            if item["kind"] in _SCALED and item["metadata"]["name"] == name
        }
        count = counts.pop() if len(counts) == 1 else None
        if count is None or all(item["spec"].get("replicas") == count for item in scaled):
            continue
        for item in scaled:
            item["spec"]["replicas"] = count
        yield {"name": name, "count": count}


def _containers(objects: Sequence[Manifest]) -> Iterator[dict[str, Any]]:
    for item in objects:
        template = template_of(item)
        if template is not None:
            yield from (container for container in containers_of(template) if isinstance(container.get("image"), str))


def _repository(container: dict[str, Any]) -> str:
    return ImageReference.parse(container["image"]).repository
