"""The namespace's quotas have room for what is new, and for the pods that a rolling update has beside the old ones.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cdkit.api import Manifest, ObjectRef, Problem
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.limits import with_defaults
from cdkit_deploy.preflight.pods import PodTemplate, pod_templates
from cdkit_deploy.preflight.resources import Amounts, added, amount, amounts, listed, of_pod, short_of, times
from cdkit_deploy.preflight.surroundings import Surroundings

COUNTED = {
    "ConfigMap": "configmaps",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "ReplicationController": "replicationcontrollers",
    "Secret": "secrets",
    "Service": "services",
    "Deployment": "count/deployments.apps",
    "StatefulSet": "count/statefulsets.apps",
    "DaemonSet": "count/daemonsets.apps",
    "Job": "count/jobs.batch",
    "CronJob": "count/cronjobs.batch",
    "Ingress": "count/ingresses.networking.k8s.io",
}
"""The name under which a quota counts the objects of a kind."""

MUST_SAY = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
"""Where a quota bounds one of these, the API server refuses a pod that does not say how much it takes."""


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem where the wanted state does not fit or cannot be reached; a doubt where it is reached slowly."""
    quotas = around.listed("ResourceQuota")
    if not quotas:
        return
    ranges = around.listed("LimitRange")
    nodes = len(around.nodes()) if any(item["kind"] == "DaemonSet" for item in around.wanted) else 1
    templates = [with_defaults(template, ranges) for template in pod_templates(around.wanted, nodes)]
    for quota in quotas:
        counted = [template for template in templates if _counts(quota, template.spec)]
        room = _room(quota)
        yield from _unsaid(quota, counted)
        yield from _too_much(quota, room, _growth(around, counted, ranges))
        for template in counted:
            yield from _no_step(around, quota, room, template)


def _room(quota: Manifest) -> Amounts:
    """What is left of each bounded resource, by the long name of it."""
    hard = amounts((quota.get("spec") or {}).get("hard"))
    used = amounts((quota.get("status") or {}).get("used"))
    return {_long_name(name): value - used.get(name, amount(0)) for name, value in hard.items()}


def _long_name(name: str) -> str:
    if name in {"cpu", "memory", "ephemeral-storage"}:
        return f"requests.{name}"
    return "pods" if name == "count/pods" else name


def _needs(template: PodTemplate) -> Amounts:
    """What one pod of a template takes of a quota."""
    needs = {f"requests.{name}": value for name, value in of_pod(template.spec, "requests").items()}
    needs |= {f"limits.{name}": value for name, value in of_pod(template.spec, "limits").items()}
    return needs | {"pods": amount(1)}


def _growth(around: Surroundings, templates: Iterable[PodTemplate], ranges: list[Manifest]) -> Amounts:
    """How much more the wanted state takes than what is there now."""
    parts: list[Amounts] = []
    for template in templates:
        parts.append(times(_needs(template), template.replicas))
        live = around.live(template.owner)
        parts.extend(
            times(_needs(with_defaults(old, ranges)), -old.replicas) for old in pod_templates([live] if live else [])
        )
    parts.extend(_counted(around, item) for item in around.wanted)
    return added(*parts)


def _counted(around: Surroundings, item: Manifest) -> Amounts:
    name = COUNTED.get(item["kind"])
    if name is None or around.live(ObjectRef.of(item)) is not None:
        return {}
    counted = {name: amount(1)}
    if "/" not in name:
        counted[f"count/{name}"] = amount(1)
    if item["kind"] == "PersistentVolumeClaim":
        asked = ((item["spec"].get("resources") or {}).get("requests") or {}).get("storage", 0)
        counted["requests.storage"] = amount(asked)
    if item["kind"] == "Service" and (item.get("spec") or {}).get("type") == "LoadBalancer":
        counted["services.loadbalancers"] = amount(1)
    return counted


def _too_much(quota: Manifest, room: Amounts, growth: Amounts) -> Iterator[Finding]:
    grown = {name: value for name, value in growth.items() if value > 0}
    if short := short_of(grown, room):
        message = f"The quota {_name(quota)} has no room for the deployment: {listed(short, grown, room)} more."
        yield Problem(message, None, "Ask for less, run fewer replicas, or have the quota raised.")


def _no_step(around: Surroundings, quota: Manifest, room: Amounts, template: PodTemplate) -> Iterator[Finding]:
    """A rolling update has new pods beside the old ones for a while."""
    if not template.surge or not _replaces(around, template):
        return
    one = _needs(template)
    if not template.unavailable and (short := short_of(one, room)):
        message = (
            f"The rolling update of {template.owner} needs one more pod before it may remove an old one, and the quota "
            f"{_name(quota)} has no room for it: {listed(short, one, room)}."
        )
        yield Problem(message, None, "Set maxUnavailable to 1, or have the quota raised.")
    elif short := short_of(times(one, template.surge), room):
        yield Doubt(
            f"The quota {_name(quota)} has no room for all {template.surge} pods that the rolling update of "
            f"{template.owner} may have more ({', '.join(short)}): it will take longer."
        )


def _replaces(around: Surroundings, template: PodTemplate) -> bool:
    """Whether applying replaces pods that run: only a changed template does."""
    live = around.live(template.owner)
    wanted = around.wanted_object(template.owner.kind, template.owner.name)
    if live is None or wanted is None:
        return False
    after = around.after(wanted)
    return bool(live["spec"].get("template") != after["spec"].get("template"))


def _unsaid(quota: Manifest, templates: Iterable[PodTemplate]) -> Iterator[Finding]:
    bounded = [name for name in MUST_SAY if name in _room(quota)]
    for template in templates:
        for name in bounded:
            side, _, resource = name.partition(".")
            silent = [item["name"] for item in template.containers if not _says(item, side, resource)]
            if silent:
                message = (
                    f"The quota {_name(quota)} bounds {name}, and {template.owner} does not say how much its container "
                    f"{silent[0]!r} takes."
                )
                yield Problem(message, None, f"Set resources.{name} of the container.")


def _says(container: Mapping[str, Any], side: str, resource: str) -> bool:
    resources = container.get("resources") or {}
    said = (
        {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
        if side == "requests"
        else resources.get("limits")
    )
    return resource in (said or {})


def _counts(quota: Manifest, pod: Mapping[str, Any]) -> bool:
    """Whether a quota counts a pod, by its scopes."""
    spec = quota.get("spec") or {}
    expressions = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()]
    expressions += (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    return all(_in_scope(expression, pod) for expression in expressions)


def _in_scope(expression: Mapping[str, Any], pod: Mapping[str, Any]) -> bool:
    best_effort = not of_pod(pod, "requests") and not of_pod(pod, "limits")
    match expression["scopeName"]:
        case "BestEffort":
            return best_effort
        case "NotBestEffort":
            return not best_effort
        case "Terminating":
            return pod.get("activeDeadlineSeconds") is not None
        case "NotTerminating":
            return pod.get("activeDeadlineSeconds") is None
        case "PriorityClass":
            return _in_priority(expression, pod.get("priorityClassName") or "")
    return False


def _in_priority(expression: Mapping[str, Any], name: str) -> bool:
    match expression.get("operator"):
        case "In":
            return name in (expression.get("values") or ())
        case "NotIn":
            return name not in (expression.get("values") or ())
        case "DoesNotExist":
            return not name
    return bool(name)


def _name(quota: Manifest) -> str:
    return str(quota["metadata"]["name"])
