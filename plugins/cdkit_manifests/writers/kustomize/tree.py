"""The folders `base` and `overlays/NAME`, each with its `kustomization.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdkit.api import Manifest
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.nulls import without_nulls
from cdkit_manifests.writers.field_order import ordered
from cdkit_manifests.writers.file_names import file_names, object_files
from cdkit_manifests.writers.identities import identities
from cdkit_manifests.writers.kustomize.json_patch import json_patch
from cdkit_manifests.writers.kustomize.merge_patch import NotExpressibleError, deletion, merge_patch
from cdkit_manifests.writers.kustomize.transformers import transform
from cdkit_manifests.writers.notes import notes_by_object
from cdkit_manifests.writers.yaml_text import document

FILE = "kustomization.yaml"
_HEAD = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


def files(bundle: Bundle) -> dict[str, str]:
    """The tree; `kubectl apply -k overlays/NAME` is how it is used."""
    notes = notes_by_object(bundle.origins)
    objects = without_nulls(ordered(list(bundle.objects)))
    base = object_files(objects)
    written = {
        f"base/{name}.yaml": document(item, notes.get((item["kind"], item["metadata"]["name"])))
        for name, item in base.items()
    }
    written[f"base/{FILE}"] = document({**_HEAD, "resources": [f"{name}.yaml" for name in base]})
    for folder, wanted in zip(file_names(bundle.environments), bundle.environments.values(), strict=True):
        overlay = _overlay(objects, without_nulls(ordered(list(wanted))))
        written |= {f"overlays/{folder}/{name}": text for name, text in overlay.items()}
    return written


def _overlay(base: Sequence[Manifest], wanted: Sequence[Manifest]) -> dict[str, str]:
    """The files of one overlay, by their names."""
    entries, transformed = transform(base, wanted)
    identity = identities(transformed, wanted)
    before = {identity(item): (target, item) for target, item in zip(base, transformed, strict=True)}
    after = {identity(item): item for item in wanted}
    added = object_files(item for key, item in after.items() if key not in before)
    changed = object_files(item for key, item in after.items() if key in before and before[key][1] != item)
    gone = object_files(target for key, (target, _) in before.items() if key not in after)

    patches = {f"{name}.patch.yaml": _patch(*before[identity(item)], item) for name, item in changed.items()}
    patches |= {f"{name}.delete.yaml": (deletion(target), {}) for name, target in gone.items()}
    resources = ["../../base", *(f"{name}.yaml" for name in added)]
    listed = [{"path": name, **selector} for name, (_, selector) in patches.items()]
    kustomization = {**_HEAD, "resources": resources, **entries} | ({"patches": listed} if listed else {})
    return {
        FILE: document(kustomization),
        **{f"{name}.yaml": document(item) for name, item in added.items()},
        **{name: document(patch) for name, (patch, _) in patches.items()},
    }


def _patch(target: Manifest, base: Manifest, wanted: Manifest) -> tuple[Any, dict[str, Any]]:
    """A patch, and what has to stand beside its path in `patches`."""
    try:
        return merge_patch(target, base, wanted), {}
    except NotExpressibleError:
        return list(json_patch(base, wanted)), {"target": _selector(target)}


def _selector(target: Manifest) -> dict[str, str]:
    group, _, version = target["apiVersion"].rpartition("/")
    # Names are regular expressions here.
    name = target["metadata"]["name"].replace(".", r"\.")
    selector = {"group": group, "version": version, "kind": target["kind"], "name": name}
    return {key: value for key, value in selector.items() if value}
