"""Some node could hold each pod, at least if it were empty.

What runs on it now changes by the minute, and is left to the scheduler and to the diagnosis.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cdkit.api import Manifest, Problem
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.labels import holds
from cdkit_deploy.preflight.pods import PodTemplate
from cdkit_deploy.preflight.resources import amounts, listed, of_pod, short_of
from cdkit_deploy.preflight.surroundings import Surroundings

BARRING = ("NoSchedule", "NoExecute")

AUTOSCALERS = ("karpenter.sh/", "cluster-autoscaler.kubernetes.io/")
"""Labels and annotations of nodes that something makes when they are needed: the next one may be larger."""


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem for each workload whose pods no node could hold; a doubt where nodes are made when they are needed."""
    templates = [template for template in around.templates if template.owner.kind != "DaemonSet"]
    if not templates:
        return
    nodes = around.nodes()
    for template in templates:
        reasons = [why_not(template, node) for node in nodes]
        if all(reasons):
            yield _nowhere(template, [reason for reason in reasons if reason], nodes)


def why_not(template: PodTemplate, node: Manifest) -> str:
    """Why a node could not hold a pod even if it were empty; the empty string where it could."""
    return _not_chosen(template.spec, node) or _barred(template.spec, node) or _too_small(template, node)


def may_run_on(template: PodTemplate, node: Manifest) -> bool:
    """Whether a pod may go to a node, whatever that has room for."""
    return not _not_chosen(template.spec, node) and not _barred(template.spec, node)


def _nowhere(template: PodTemplate, reasons: Sequence[str], nodes: Sequence[Manifest]) -> Finding:
    counted = "; ".join(f"{count} {reason}" for reason, count in Counter(reasons).most_common())
    many = f"none of the {len(nodes)} nodes" if len(nodes) != 1 else "the one node there is not"
    message = f"The pods of {template.owner} fit nowhere: {many} could hold one: {counted}."
    if not nodes or any(_is_made_when_needed(node) for node in nodes):
        return Doubt(f"{message} The cluster has to make a node for it.")
    return Problem(message, None, "Change what the pods ask for, or give the cluster a node that they fit.")


def _is_made_when_needed(node: Manifest) -> bool:
    metadata = node["metadata"]
    marks = [*(metadata.get("labels") or {}), *(metadata.get("annotations") or {})]
    return any(mark.startswith(AUTOSCALERS) for mark in marks)


def _not_chosen(pod: Mapping[str, Any], node: Manifest) -> str:
    labels = node["metadata"].get("labels") or {}
    for name, value in (pod.get("nodeSelector") or {}).items():
        if labels.get(name) != value:
            return f"not labelled {name}={value}"
    if (name := pod.get("nodeName")) and name != node["metadata"]["name"]:
        return f"not called {name}"
    affinity = (pod.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required and not any(_matches(term, node, labels) for term in required.get("nodeSelectorTerms") or ()):
        return "outside of the required node affinity"
    return ""


def _matches(term: Mapping[str, Any], node: Manifest, labels: Mapping[str, str]) -> bool:
    fields = {"metadata.name": node["metadata"]["name"]}
    expressions = [(item, labels) for item in term.get("matchExpressions") or ()]
    expressions += [(item, fields) for item in term.get("matchFields") or ()]
    return bool(expressions) and all(holds(item, values) for item, values in expressions)


def _barred(pod: Mapping[str, Any], node: Manifest) -> str:
    spec = node.get("spec") or {}
    if spec.get("unschedulable"):
        return "cordoned"
    for taint in spec.get("taints") or ():
        if taint.get("effect") in BARRING and not any(_tolerates(item, taint) for item in pod.get("tolerations") or ()):
            return f"tainted {taint['key']}"
    return ""


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in {None, "", taint.get("effect")}:
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    if toleration["key"] != taint.get("key"):
        return False
    return toleration.get("operator") == "Exists" or (toleration.get("value") or "") == (taint.get("value") or "")


def _too_small(template: PodTemplate, node: Manifest) -> str:
    room = amounts((node.get("status") or {}).get("allocatable"))
    needed = of_pod(template.spec, "requests")
    for name in needed:
        # A resource that a node does not name, such as a graphics card, it has none of.
        room.setdefault(name, needed[name] * 0)
    short = short_of(needed, room)
    return f"too small: {listed(short, needed, room)}" if short else ""
