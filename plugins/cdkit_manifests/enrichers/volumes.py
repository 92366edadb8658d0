"""Volumes: what is kept, or comes from elsewhere, and where in the container it is.

https://kubernetes.io/docs/concepts/storage/volumes/
"""

from __future__ import annotations

from typing import Any

from cdkit.api import Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.names import object_name
from cdkit_manifests.settings.parts import VolumeSettings
from cdkit_manifests.wish import Wish

DEFAULT_SIZE = "1Gi"
_ONE_NODE = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the volumes that were said, and room for what the image wants to keep."""
    for name, said in wish.settings.volumes.items():
        _write(wish, draft, name, said)
    _for_image(wish, draft)


def mount(draft: Draft, name: str, path: str, source: Source | None, **fields: Any) -> None:
    """Mount a volume of the pod into the application's container."""
    draft.container.append("volumeMounts", {"name": name, "mountPath": path, **fields}, source)


def mounted_paths(draft: Draft) -> set[str]:
    """The folders of the application's container that are volumes."""
    return {entry["mountPath"].rstrip("/") for entry in draft.container.value.get("volumeMounts", ())}


def _write(wish: Wish, draft: Draft, name: str, said: VolumeSettings) -> None:
    source = wish.source("volumes", name)
    volume = object_name(name)
    if volume != name:
        draft.refuse(f"{name!r} cannot be the name of a volume.", source, f"Use {volume!r}." if volume else None)
        return
    ways = {
        way: value
        for way in ("host_path", "secret", "config", "claim")
        if (value := getattr(said, way)) not in (None, "", False)
    }
    if len(ways) > 1:
        draft.refuse(f"The volume {name!r} is {' and '.join(f'`{way}`' for way in ways)} at once.", source)
    if said.claim is True:
        _make_claim(wish, draft, name, said, source)
    else:
        draft.pod.append("volumes", {"name": name, **_holder(draft, said)}, source)
    if said.mount:
        fields: dict[str, Any] = {"subPath": said.sub_path} if said.sub_path else {}
        if said.read_only or (said.read_only is None and (said.secret or said.config)):
            fields["readOnly"] = True
        mount(draft, name, said.mount, source, **fields)


def _holder(draft: Draft, said: VolumeSettings) -> dict[str, Any]:
    if said.host_path:
        return {"hostPath": {"path": said.host_path}}
    if said.secret:
        return {"secret": {"secretName": draft.data_name("Secret", said.secret)}}
    if said.config:
        return {"configMap": {"name": draft.data_name("ConfigMap", said.config)}}
    if isinstance(said.claim, str) and said.claim:
        draft.external.append(f"PersistentVolumeClaim/{said.claim}")
        return {"persistentVolumeClaim": {"claimName": said.claim}}
    empty: dict[str, Any] = {"medium": "Memory"} if said.memory else {}
    return {"emptyDir": empty | ({"sizeLimit": str(said.size)} if said.size is not None else {})}


def _make_claim(wish: Wish, draft: Draft, name: str, said: VolumeSettings, source: Source | None) -> None:
    """A claim of its own for each pod of a StatefulSet, else one for all pods."""
    access = said.access or "ReadWriteOnce"
    spec: dict[str, Any] = {
        "accessModes": [access],
        "resources": {"requests": {"storage": str(said.size or DEFAULT_SIZE)}},
    }
    if said.storage_class:
        spec["storageClassName"] = said.storage_class
    workload = draft.workload
    if workload.kind == "StatefulSet":
        workload.at("spec").append("volumeClaimTemplates", {"metadata": {"name": name}, "spec": spec}, source)
        return
    claim = object_name(f"{wish.name}-{name}")
    manifest = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": claim}, "spec": spec}
    draft.add(manifest, source)
    draft.pod.append("volumes", {"name": name, "persistentVolumeClaim": {"claimName": claim}}, source)
    if access in _ONE_NODE:
        _take_turns(wish, draft, name)


def _take_turns(wish: Wish, draft: Draft, name: str) -> None:
    """A volume that one node can mount is free for a new pod only when the old one is gone."""
    spec = draft.workload.at("spec")
    if draft.workload.kind != "Deployment":
        return
    if wish.settings.rollout.strategy is None:
        spec.put("strategy", {"type": "Recreate"}, wish.source("volumes", name))
    if spec.value.get("replicas", 1) > 1:
        draft.warn(
            f"The volume {name!r} can be mounted on one node only, and there are {spec.value['replicas']} replicas; "
            "make it a StatefulSet, or say `access: ReadWriteMany`."
        )


def _for_image(wish: Wish, draft: Draft) -> None:
    """The folders that the image declares as volumes are writable, but what is in them goes with the pod."""
    fact = wish.fact("volumes")
    for path in fact.value or ():
        if path.rstrip("/") in mounted_paths(draft) or not path.startswith("/"):
            continue
        name = object_name(f"data-{path.strip('/')}")
        draft.pod.append("volumes", {"name": name, "emptyDir": {}}, fact.source)
        mount(draft, name, path, fact.source)
        key = path.strip("/").rpartition("/")[2] or "data"
        draft.warn(
            f"What the application keeps in {path} ({fact.source}) is lost with its pod; to keep it, say "
            f"`volumes: {{{object_name(key) or 'data'}: {{mount: {path}, claim: true}}}}`."
        )
