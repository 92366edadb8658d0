"""Objects as the API server gives them, cut down to what a rule reads."""

from __future__ import annotations

from typing import Any

from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.pod import causes_of
from cdkit.diagnosis.pod_status import read_pod
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience

Json = dict[str, Any]
IMAGE = "registry.example/team/hello:1"


def container_status(name: str = "hello", restarts: int = 0, *, ready: bool = False, **states: Any) -> Json:
    """A container's status: `state` and `lastState` as keywords, in the API's own words."""
    return {"name": name, "restartCount": restarts, "ready": ready, "state": {}, "lastState": {}, **states}


def waiting(reason: str, message: str = "") -> Json:
    return {"waiting": {"reason": reason, "message": message}}


def terminated(exit_code: int, reason: str = "Error", message: str = "") -> Json:
    return {"terminated": {"exitCode": exit_code, "reason": reason, "message": message}}


def running(started_at: str = "2026-01-31T12:00:00Z") -> Json:
    return {"running": {"startedAt": started_at}}


def pod(name: str = "hello-1", *statuses: Json, owner: str = "", labels: Json | None = None, **parts: Any) -> Json:
    """A Pod with one container a status; `spec` and `status` add to what follows from them."""
    spec = {"containers": [{"name": item["name"], "image": IMAGE} for item in statuses], **parts.get("spec", {})}
    status = {"phase": "Pending", "containerStatuses": list(statuses), **parts.get("status", {})}
    if statuses and all(item["ready"] for item in statuses):
        status.setdefault("conditions", []).append({"type": "Ready", "status": "True"})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata(name, owner, labels=labels or {}, **parts.get("metadata", {})),
        "spec": spec,
        "status": status,
    }


def metadata(name: str, owner: str = "", **more: Any) -> Json:
    references = [{"uid": owner, "controller": True}] if owner else []
    return {"name": name, "namespace": "hello", "uid": f"uid-{name}", "ownerReferences": references, **more}


def event(about: Json, reason: str, message: str, container: str = "", **more: Any) -> Json:
    """An Event about an object; `lastTimestamp`, `count` and the like as keywords."""
    involved = {"kind": about["kind"], "name": about["metadata"]["name"], "uid": about["metadata"]["uid"]}
    if container:
        involved["fieldPath"] = f"spec.containers{{{container}}}"
    return {
        "metadata": {"name": f"{reason}-1"},
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-31T12:00:10Z",
        "count": 1,
        **more,
    }


def causes(of: Json, *events: Json) -> tuple[Cause, ...]:
    return causes_of(read_pod(of, EventLog(events)))


def only_cause(of: Json, *events: Json) -> Cause:
    (cause,) = causes(of, *events)
    return cause


def a_cause(cause_id: str, grace: float | None = 0, container: str = "hello", sentence: str = "It is broken.") -> Cause:
    patience = FATAL_NOW if grace == 0 else Patience(grace)
    return Cause(
        id=cause_id,
        sentence=sentence,
        subject="Pod hello-1",
        evidence=(),
        remedy="",
        patience=patience,
        container=container,
    )
