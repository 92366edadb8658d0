"""The conditions of an object: what its controller says of it.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/condition/
"""

from __future__ import annotations

from typing import Any

from cdkit.models.kube import Manifest

Condition = dict[str, Any]


def conditions_of(item: Manifest) -> dict[str, Condition]:
    """The conditions by type, without those of an older generation: nothing can be told from these."""
    conditions = (item.get("status") or {}).get("conditions")
    if not isinstance(conditions, list):
        return {}
    return {each["type"]: each for each in conditions if _is_one(each) and not _is_old(item, each)}


def true_conditions(item: Manifest) -> dict[str, Condition]:
    """Those that hold, by type."""
    return {kind: each for kind, each in conditions_of(item).items() if each.get("status") == "True"}


def told(condition: Condition) -> str:
    """A condition as a line of evidence: `Ready is False: NotFound: no such bucket`."""
    words = (condition.get("reason"), condition.get("message"))
    return ": ".join(filter(None, (f"{condition.get('type')} is {condition.get('status')}", *words)))


def words_of(condition: Condition) -> str:
    """What a condition says to a person: its message, else its reason."""
    return str(condition.get("message") or condition.get("reason") or "")


def _is_one(condition: Any) -> bool:
    return isinstance(condition, dict) and isinstance(condition.get("type"), str)


def _is_old(item: Manifest, condition: Condition) -> bool:
    observed = condition.get("observedGeneration")
    return isinstance(observed, int) and observed < (item["metadata"].get("generation") or 0)
