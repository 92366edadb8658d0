"""Lists whose items are known by a key, as Kubernetes merges them: containers by name, ports by number.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from __future__ import annotations

from typing import Any

_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "conditions": (("type",),),
    "containers": (("name",),),
    "env": (("name",),),
    "ephemeralContainers": (("name",),),
    "imagePullSecrets": (("name",),),
    "initContainers": (("name",),),
    "ownerReferences": (("uid",),),
    "ports": (("containerPort", "protocol"), ("port", "protocol")),
    "volumeMounts": (("mountPath",),),
    "volumes": (("name",),),
}


def key_of(field: str, item: Any) -> dict[str, Any] | None:
    """The key of an item of a list, or None when the list has no keys and is replaced as a whole.

    Args:
        field: the list's own name.
        item: one of its items.
    """
    if not isinstance(item, dict):
        return None
    names = next((names for names in _KEYS.get(field, ()) if names[0] in item), None)
    return {name: item[name] for name in names if name in item} if names else None


def find(field: str, items: list[Any], key: dict[str, Any]) -> int | None:
    """The index of the item with a key, or None."""
    return next((index for index, item in enumerate(items) if key_of(field, item) == key), None)


def has_keys(field: str, items: list[Any]) -> bool:
    """Whether every item has a key."""
    return bool(items) and all(key_of(field, item) for item in items)
