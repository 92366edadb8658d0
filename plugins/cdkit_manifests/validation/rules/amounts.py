"""Amounts of memory, processor time and storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cdkit_manifests.fields import Field
from cdkit_manifests.validation.examined import Examined, Wrong, below, entries, field_of

_FACTORS = {
    "": Decimal(1),
    **{
        sign: Decimal(10) ** (3 * power)
        for power, sign in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), -3)
    },
    **{f"{sign}i": Decimal(1024) ** power for power, sign in enumerate(("K", "M", "G", "T", "P", "E"), 1)},
}
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30}))(?:([eE][+-]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i))?"
)
"""All forms of https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/."""


def quantities(examined: Examined) -> Iterator[Wrong]:
    """All amounts can be read."""
    for field, value in _all(examined):
        if _amount(value) is None:
            yield field, f"is {value!r}, which is no quantity"


def within_limits(examined: Examined) -> Iterator[Wrong]:
    """Nothing is asked for that goes beyond its own limit."""
    for pod in examined.pods:
        for container in pod.containers:
            resources = container.value.get("resources") or {}
            limits = resources.get("limits") or {}
            for name, request in (resources.get("requests") or {}).items():
                wanted, limit = _amount(request), _amount(limits.get(name))
                if wanted is not None and limit is not None and wanted > limit:
                    yield (
                        container.field("resources", "requests", name),
                        f"is {request}, more than the limit {limits[name]}",
                    )


def _all(examined: Examined) -> Iterator[tuple[Field, Any]]:
    for pod in examined.pods:
        for container in pod.containers:
            yield from _resources(container.field("resources"), container.value.get("resources"))
        for field, volume in pod.entries("volumes"):
            size = (volume.get("emptyDir") or {}).get("sizeLimit")
            if size is not None:
                yield below(field, "emptyDir", "sizeLimit"), size
    for item in examined.of_kind("PersistentVolumeClaim"):
        yield from _resources(field_of(item, "spec", "resources"), item["spec"].get("resources"))
    for item in examined.of_kind("StatefulSet"):
        claims = item["spec"].get("volumeClaimTemplates")
        for field, claim in entries(field_of(item, "spec", "volumeClaimTemplates"), claims):
            yield from _resources(below(field, "spec", "resources"), (claim.get("spec") or {}).get("resources"))


def _resources(field: Field, resources: Any) -> Iterator[tuple[Field, Any]]:
    for group in ("requests", "limits"):
        for name, value in ((resources or {}).get(group) or {}).items():
            yield below(field, group, name), value


def _amount(value: Any) -> Decimal | None:
    """How much it is; None for what cannot be read."""
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    return Decimal(number + (exponent or "")) * _FACTORS[suffix or ""]
