"""Disruption budgets leave a way to move pods. They do not hold up a rolling update, and a node that is to be drained.

https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cdkit.api import Manifest, RequestRejected
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.labels import selects
from cdkit_deploy.preflight.pods import PodTemplate, share_of
from cdkit_deploy.preflight.surroundings import Surroundings

POLICY = ("policy/v1", "policy/v1beta1")


def findings(around: Surroundings) -> Iterator[Finding]:
    """A doubt for each workload whose pods no budget, or two budgets, would ever let go."""
    templates = [template for template in around.templates if template.owner.kind in {"Deployment", "StatefulSet"}]
    if not templates:
        return
    budgets = _budgets(around)
    for template in templates:
        over = [budget for budget in budgets if _selects(budget, template)]
        if len(over) > 1:
            names = " and ".join(budget["metadata"]["name"] for budget in over)
            yield Doubt(f"The disruption budgets {names} both hold the pods of {template.owner}: none can be evicted.")
        for budget in over:
            if template.replicas and not _allowed(budget, template.replicas):
                yield Doubt(
                    f"The disruption budget {budget['metadata']['name']} never lets a pod of {template.owner} go: with "
                    f"{_said(budget)} of {template.replicas} replicas no node that holds one can be drained."
                )


def _budgets(around: Surroundings) -> list[Manifest]:
    """The budgets as they will be; an old API server has them under an older name."""
    wanted = [item for item in around.wanted if item["kind"] == "PodDisruptionBudget"]
    named = {item["metadata"]["name"] for item in wanted}
    return wanted + [item for item in _live(around) if item["metadata"]["name"] not in named]


def _live(around: Surroundings) -> list[Manifest]:
    for version in POLICY:
        try:
            return around.listed("PodDisruptionBudget", version)
        except RequestRejected:
            continue
    return []


def _selects(budget: Manifest, template: PodTemplate) -> bool:
    selector = (budget.get("spec") or {}).get("selector")
    return selector is not None and selects(selector, template.metadata.get("labels") or {})


def _allowed(budget: Manifest, replicas: int) -> int:
    """How many pods may be away while all are well."""
    spec = budget["spec"]
    if "maxUnavailable" in spec:
        return share_of(spec["maxUnavailable"], replicas, math.ceil)
    return replicas - share_of(spec.get("minAvailable", 1), replicas, math.ceil)


def _said(budget: Manifest) -> str:
    spec = budget["spec"]
    field = "maxUnavailable" if "maxUnavailable" in spec else "minAvailable"
    return f"{field} {spec.get(field, 1)}"
