"""Why the volumes of a pod are not there."""

from __future__ import annotations

import re
from typing import Any

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.container_start import MAKE_IT, OBJECT_COMES_LATER, missing_config
from cdkit.diagnosis.events import ObjectEvent, latest
from cdkit.diagnosis.pod_status import PodStatus
from cdkit.diagnosis.verdict import Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted

MOUNTING = Patience.after(60)
"""Disks are detached from one node and attached to another in about this time."""

_SET_UP_FAILED = re.compile(
    r'MountVolume\.\S+ failed for volume "(?P<volume>[^"]+)"\s*(?:\([^)]*\)\s*)?:\s*(?P<why>.*)', re.DOTALL
)
_MISSING_KEY = re.compile(r"references non-existent (?P<kind>secret|config) key: (?P<key>\S+)", re.IGNORECASE)


def volume_cause(pod: PodStatus) -> Cause | None:
    """The last word of the kubelet on the pod's volumes is that one cannot be mounted."""
    failed = _last_failure(pod)
    if failed is None or any(container.state != "waiting" for container in pod.containers):
        return None
    found = _SET_UP_FAILED.search(failed.message)
    volume = found["volume"] if found else ""
    which = f"its volume {quoted(volume)}" if volume else "a volume of it"
    if missing := _missing(pod, volume, failed.message):
        return _cause(pod, "config-missing", f"{missing}, and {which} needs it", MAKE_IT, OBJECT_COMES_LATER)
    why = f"{which} cannot be mounted: {quoted(found['why'] if found else failed.message)}"
    remedy = "Correct the volume in the manifest, or look at the storage that it names."
    return _cause(pod, "volume-not-mounting", why, remedy, MOUNTING)


def _cause(pod: PodStatus, cause_id: CauseId, why: str, remedy: str, patience: Patience) -> Cause:
    return Cause(
        id=cause_id,
        sentence=f"Pod {pod.name} cannot start: {why}.",
        subject=f"Pod {pod.name}",
        evidence=evidence(*(str(event) for event in pod.events if event.reason in _REASONS)),
        remedy=remedy,
        patience=patience,
        pod=pod.name,
    )


_REASONS = frozenset({"FailedMount", "FailedAttachVolume", "FailedMapVolume"})


def _last_failure(pod: PodStatus) -> ObjectEvent | None:
    """The event that says most: after two minutes the kubelet only adds that it timed out waiting."""
    came = latest(pod.events, lambda event: event.reason in ("Pulling", "Pulled", "Created", "Started"))
    since = came.time if came else ""
    failures = [event for event in pod.events if event.reason in _REASONS and event.time > since]
    telling = [event for event in failures if not event.message.startswith("Unable to attach or mount volumes")]
    return next(reversed(telling or failures), None)


def _missing(pod: PodStatus, volume: str, message: str) -> str:
    if key := _MISSING_KEY.search(message):
        kind, name = _source(pod, volume, key["kind"].lower())
        return f"the {kind} {quoted(name)} has no key {quoted(key['key'])}" if name else ""
    return missing_config(message)


def _source(pod: PodStatus, volume: str, kind: str) -> tuple[str, str]:
    """The kind and the name of the object that a volume is made of."""
    spec: dict[str, Any] = next((item for item in pod.spec.get("volumes") or () if item["name"] == volume), {})
    if kind == "secret":
        return "Secret", (spec.get("secret") or {}).get("secretName", "")
    return "ConfigMap", (spec.get("configMap") or {}).get("name", "")
