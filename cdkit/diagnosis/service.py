"""Whether a Service leads anywhere: to pods that are ready, and from outside when it asks for a load balancer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.events import EventLog, latest
from cdkit.diagnosis.pod_status import read_pod
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import NEVER_FATAL, Cause, Patience, Verdict
from cdkit.diagnosis.wording import counted, evidence, quoted
from cdkit.models.kube import Manifest

PODS_COME_LATER = Patience.after(60)
"""Time for the workload of the Service to make its pods."""

BALANCER_RETRIED = Patience.after(120)
"""Clouds make a load balancer in a minute or two, and try again by themselves."""


def diagnose_service(
    service: Manifest,
    endpoints: Iterable[Manifest],
    pods: Iterable[Manifest],
    events: Iterable[Manifest],
    beside: Iterable[Manifest] = (),
) -> Verdict:
    """Judge one look at a Service: a pod that it selects takes its traffic, and its load balancer has an address.

    A Service that selects nothing by intention (`ExternalName`, without `selector`, before a workload of no replicas)
    needs no pod.

    Args:
        service: the Service.
        endpoints: Endpoints of its namespace; those of others are ignored.
        pods: Pods of its namespace; those that it does not select are ignored.
        events: Events of its namespace.
        beside: what is deployed together with it.
    """
    spec, name = service.get("spec") or {}, service["metadata"]["name"]
    log = EventLog(events)
    needs_pods = not _is_empty_by_intention(spec, beside)
    causes = [
        *(_lacks_pods(service, endpoints, pods, log) if needs_pods else ()),
        *_lacks_balancer(service, log),
    ]
    if causes:
        return unfinished(f"Service {name} leads nowhere yet", tuple(causes))
    where = spec.get("externalName") or spec.get("clusterIP") or "its endpoints"
    return Verdict("succeeded", f"Service {name} answers at {where}")


def _is_empty_by_intention(spec: dict[str, Any], beside: Iterable[Manifest]) -> bool:
    selector = spec.get("selector") or {}
    if not selector or spec.get("type") == "ExternalName":
        return True
    workloads = (item.get("spec") or {} for item in beside)
    return any(each.get("replicas") == 0 and _selects(selector, each.get("template") or {}) for each in workloads)


def _lacks_pods(
    service: Manifest, endpoints: Iterable[Manifest], pods: Iterable[Manifest], log: EventLog
) -> Iterable[Cause]:
    spec, name = service.get("spec") or {}, service["metadata"]["name"]
    selector = spec["selector"]
    own = next((item for item in endpoints if item["metadata"]["name"] == name), {})
    if any(subset.get("addresses") for subset in own.get("subsets") or ()):
        return
    selected = [pod for pod in pods if _selects(selector, pod)]
    labels = ", ".join(f"{key}={value}" for key, value in selector.items())
    if not selected:
        yield _cause(
            service,
            "service-selects-nothing",
            f"Service {name} selects no pod: none has the labels {labels}.",
            f"spec.selector is {labels}",
            remedy="Correct the Service's selector or the labels of the pods; a workload of no replicas has none.",
            patience=PODS_COME_LATER,
        )
    elif missing := _missing_ports(spec, selected):
        yield _cause(
            service,
            "service-port-missing",
            f"Service {name} leads to the port {missing[0]}, which no container of its pods has by that name.",
            *(f"targetPort {port} is in no container's ports" for port in missing),
            remedy="Correct targetPort, or give a port of the container that name.",
            patience=PODS_COME_LATER,
        )
    else:
        ready = sum(read_pod(pod, log).is_ready for pod in selected)
        yield _cause(
            service,
            "service-without-endpoints",
            f"Service {name} has no pod that is ready: it selects {counted(len(selected), 'pod')}, {ready} ready.",
            f"Endpoints {name} has no addresses",
            remedy="See why its pods are not ready.",
            patience=NEVER_FATAL,
        )


def _selects(selector: dict[str, str], pod: Manifest) -> bool:
    labels = (pod.get("metadata") or {}).get("labels") or {}
    return all(labels.get(key) == value for key, value in selector.items())


def _missing_ports(spec: dict[str, Any], pods: Sequence[Manifest]) -> list[str]:
    """The ports by name that none of the pods has."""
    known = {
        port.get("name")
        for pod in pods
        for container in (pod.get("spec") or {}).get("containers") or ()
        for port in container.get("ports") or ()
    }
    wanted = [port.get("targetPort") for port in spec.get("ports") or ()]
    return [name for name in wanted if isinstance(name, str) and name not in known]


def _lacks_balancer(service: Manifest, log: EventLog) -> Iterable[Cause]:
    spec, name = service.get("spec") or {}, service["metadata"]["name"]
    if spec.get("type") != "LoadBalancer" or ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress"):
        return
    failed = latest(log.about(service), lambda event: event.reason.endswith("Failed") or "Fail" in event.reason)
    if failed is not None:
        yield _cause(
            service,
            "load-balancer-failing",
            f"Service {name} gets no load balancer: {quoted(failed.message)}.",
            str(failed),
            remedy="Correct what the message names: quotas, permissions or annotations of the cloud.",
            patience=BALANCER_RETRIED,
        )
    else:
        yield _cause(
            service,
            "load-balancer-pending",
            f"Service {name} waits for its load balancer, which has no address yet.",
            "status.loadBalancer.ingress is empty",
            remedy="A cluster without a cloud makes none: use NodePort or an Ingress there, or install MetalLB.",
            patience=NEVER_FATAL,
        )


def _cause(service: Manifest, cause_id: CauseId, sentence: str, *proof: str, remedy: str, patience: Patience) -> Cause:
    return Cause(
        id=cause_id,
        sentence=sentence,
        subject=f"Service {service['metadata']['name']}",
        evidence=evidence(*proof),
        remedy=remedy,
        patience=patience,
    )
