"""Label selectors, as the API server reads them.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a selector (`matchLabels`, `matchExpressions`) holds for labels; an empty one holds for all."""
    exact = (selector.get("matchLabels") or {}).items()
    expressions = selector.get("matchExpressions") or ()
    return all(labels.get(name) == value for name, value in exact) and all(holds(item, labels) for item in expressions)


def holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether one requirement (`key`, `operator`, `values`) holds; `Gt` and `Lt` are those of node affinity."""
    value: str | None = labels.get(expression["key"])
    wanted = list(expression.get("values") or ())
    match expression.get("operator"):
        case "In":
            return value in wanted
        case "NotIn":
            return value not in wanted
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt":
            return _number(value) > int(wanted[0])
        case "Lt":
            return value is not None and _number(value) < int(wanted[0])
    return False


def _number(value: str | None) -> int:
    """A label as a number; what is none is less than all."""
    return int(value) if value and value.lstrip("-").isdigit() else -(2**63)
