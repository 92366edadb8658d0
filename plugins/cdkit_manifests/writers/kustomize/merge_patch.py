"""Strategic merge patches, for what they say exactly: they read like the manifests themselves.

https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#patchstrategicmerge
"""

from __future__ import annotations

from typing import Any

from cdkit.api import Manifest

_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "imagePullSecrets": "name",
}
"""Lists that are merged by a key of their entries (`x-kubernetes-patch-merge-key`)."""

_WHOLE = frozenset({"command", "args"})
"""Lists that are replaced."""

_GROUPS = frozenset({"", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io"})
"""Of whose types Kustomize knows how lists are merged."""


class NotExpressibleError(Exception):
    """A merge patch cannot say this difference exactly."""


def merge_patch(target: Manifest, base: Manifest, wanted: Manifest) -> Manifest:
    """What turns one object into another.

    Args:
        target: the object as Kustomize finds it, before any transformer: a patch names it.
        base: the object with all transformers done.
        wanted: the object as it shall be.

    Raises:
        NotExpressibleError: there is no such merge patch.
    """
    moved = base["metadata"].get("namespace") != wanted["metadata"].get("namespace")
    if moved or base["apiVersion"].rpartition("/")[0] not in _GROUPS:
        raise NotExpressibleError
    changes = _mapping(base, wanted)
    named = _named(target)
    return {**named, **changes, "metadata": {**named["metadata"], **changes.get("metadata", {})}}


def deletion(target: Manifest) -> Manifest:
    """What takes an object away."""
    return {"$patch": "delete", **_named(target)}


def _named(target: Manifest) -> Manifest:
    metadata = {name: target["metadata"][name] for name in ("name", "namespace") if name in target["metadata"]}
    return {"apiVersion": target["apiVersion"], "kind": target["kind"], "metadata": metadata}


def _mapping(base: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = dict.fromkeys(name for name in base if name not in wanted)
    for name, value in wanted.items():
        if name not in base:
            changes[name] = value
        elif base[name] != value:
            changes[name] = _change(name, base[name], value)
    return changes


def _change(name: str, base: Any, wanted: Any) -> Any:
    if type(base) is not type(wanted):
        # Kustomize keeps the quotes of what stands in the base: a number would become text.
        raise NotExpressibleError
    if isinstance(wanted, dict):
        return _mapping(base, wanted)
    if isinstance(wanted, list):
        return wanted if name in _WHOLE and wanted else _entries(name, base, wanted)
    return wanted


def _entries(name: str, base: list[Any], wanted: list[Any]) -> list[Any]:
    """Entries by their key. Kustomize puts those of a patch first, in its order, and the others behind them."""
    key = _KEYS.get(name)
    if key is None or not wanted:
        raise NotExpressibleError
    old, new = _by_key(key, base), _by_key(key, wanted)
    gone = [{"$patch": "delete", key: value} for value in old if value not in new]
    changed = [_entry(key, old.get(value), entry) for value, entry in new.items()]
    return [*changed[: _last_change(base, wanted)], *gone]


def _last_change(base: list[Any], wanted: list[Any]) -> int:
    """How many entries from the first have to stand in a patch, so that all are in their place behind it."""
    same = 0
    while same < min(len(base), len(wanted)) and base[-1 - same] == wanted[-1 - same]:
        same += 1
    return len(wanted) - same


def _by_key(key: str, entries: list[Any]) -> dict[Any, dict[str, Any]]:
    found = {entry[key]: entry for entry in entries if isinstance(entry, dict) and key in entry}
    if len(found) != len(entries):
        raise NotExpressibleError
    return found


def _entry(key: str, base: dict[str, Any] | None, wanted: dict[str, Any]) -> dict[str, Any]:
    return wanted if base is None else {key: wanted[key], **_mapping(base, wanted)}
