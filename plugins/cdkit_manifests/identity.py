"""What makes two entries of a list of a Kubernetes object the same thing: containers have names, ports have numbers.

It is what the API itself says of its types (`x-kubernetes-patch-merge-key`, `x-kubernetes-list-map-keys`), so that a
fragment merges as `kubectl apply` would.
https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from __future__ import annotations

from typing import Any

MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "envFrom": ("configMapRef.name", "secretRef.name"),
    "ports": ("containerPort", "port"),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "volumeClaimTemplates": ("metadata.name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "hostAliases": ("ip",),
    "tolerations": ("key", "operator", "effect"),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
    "readinessGates": ("conditionType",),
    "resourceClaims": ("name",),
    "parentRefs": ("name", "namespace", "sectionName"),
    "metrics": ("type", "resource.name"),
    "rules": ("host",),
    "paths": ("path",),
    "tls": ("secretName",),
}
"""By the name of a list, what tells its entries apart; a dot goes down. Lists of scalars and others are replaced."""

_ALTERNATIVES = frozenset({"envFrom", "ports"})
"""Lists whose entries have one of the keys, not all of them together."""

_PROTOCOL = "protocol"


def identity(field: str, entry: Any) -> tuple[Any, ...] | None:
    """What tells an entry of a list apart from the others; None where nothing does.

    Args:
        field: the name of the list.
        entry: the entry.
    """
    keys = MERGE_KEYS.get(field)
    if keys is None or not isinstance(entry, dict):
        return None
    values = tuple(_value(entry, key) for key in keys)
    if field in _ALTERNATIVES:
        found = next(((key, value) for key, value in zip(keys, values, strict=True) if value is not None), None)
        # The same number may be open for TCP and for UDP.
        return None if found is None else (*found, str(entry.get(_PROTOCOL, "TCP")))
    return None if all(value is None for value in values) else values


def step_name(field: str, entry: Any, index: int) -> str:
    """How an entry is called in a path: by what tells it apart, else by its number from 0."""
    found = identity(field, entry)
    if found is None:
        return f"[{index}]"
    named = found[1:2] if field in _ALTERNATIVES else found
    return f"[{','.join(str(value) for value in named if value is not None)}]"


def _value(entry: dict[str, Any], key: str) -> Any:
    head, _, rest = key.partition(".")
    value = entry.get(head)
    if not rest:
        return value
    return _value(value, rest) if isinstance(value, dict) else None
