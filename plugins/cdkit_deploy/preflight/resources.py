"""What a pod asks for, as the API server counts it.

https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from cdkit.api import Quantity

Amounts = dict[str, Decimal]
"""Amounts by resource: cores of `cpu`, bytes of `memory`."""

Side = Literal["requests", "limits"]


def amount(value: Any) -> Decimal:
    """How much a quantity is; nothing when it is none, for the API server says so in better words."""
    try:
        return Quantity.parse(str(value)).amount
    except ValueError:
        return Decimal(0)


def amounts(values: Mapping[str, Any] | None) -> Amounts:
    """A mapping of quantities as amounts."""
    return {name: amount(value) for name, value in (values or {}).items()}


def added(*parts: Mapping[str, Decimal]) -> Amounts:
    """The sum of amounts, resource by resource."""
    total: Amounts = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, Decimal(0)) + value
    return total


def times(part: Mapping[str, Decimal], count: int) -> Amounts:
    """So many times the amounts."""
    return {name: value * count for name, value in part.items()}


def of_container(container: Mapping[str, Any], side: Side) -> Amounts:
    """What one container asks for; a request that is left out is the limit."""
    resources = container.get("resources") or {}
    limits = amounts(resources.get("limits"))
    return limits if side == "limits" else limits | amounts(resources.get("requests"))


def of_pod(spec: Mapping[str, Any], side: Side) -> Amounts:
    """What a pod asks for: its containers together, or the hungriest moment of its start, whichever is more."""
    running = added(*(of_container(item, side) for item in spec.get("containers") or ()))
    sidecars: Amounts = {}
    starting: Amounts = {}
    for item in spec.get("initContainers") or ():
        own = of_container(item, side)
        if item.get("restartPolicy") == "Always":
            sidecars = added(sidecars, own)
            starting = _larger(starting, sidecars)
        else:
            starting = _larger(starting, added(sidecars, own))
    return added(_larger(added(running, sidecars), starting), amounts(spec.get("overhead")))


def _larger(left: Amounts, right: Amounts) -> Amounts:
    return {name: max(left.get(name, Decimal(0)), right.get(name, Decimal(0))) for name in {**left, **right}}


def short_of(needed: Mapping[str, Decimal], room: Mapping[str, Decimal]) -> list[str]:
    """The resources of which more is needed than there is, sorted; what `room` does not name is not bounded."""
    return sorted(name for name, value in needed.items() if name in room and value > room[name])


def written(name: str, value: Decimal) -> str:
    """An amount for a person: `500m` of cpu, `128Mi` of memory."""
    if name.endswith("cpu"):
        return f"{value * 1000:.0f}m" if value % 1 else f"{value:.0f}"
    if name.endswith(("memory", "storage")):
        return _bytes(value)
    return f"{value.normalize():f}"


def _bytes(value: Decimal) -> str:
    for suffix, factor in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if abs(value) >= factor:
            return f"{value / factor:.1f}".removesuffix(".0") + suffix
    return f"{value:.0f}"


def listed(names: Iterable[str], needed: Mapping[str, Decimal], room: Mapping[str, Decimal]) -> str:
    """Which resources, how much is needed and how much there is: `memory (needs 4Gi, has 2Gi)`."""
    return ", ".join(
        f"{name} (needs {written(name, needed[name])}, has {written(name, max(room[name], Decimal(0)))})"
        for name in names
    )
