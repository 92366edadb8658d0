"""Whether a PersistentVolumeClaim has its volume."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.events import EventLog, ObjectEvent, latest
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest

PROVISIONING = Patience.after(60)
"""A provisioner that failed tries again; a cloud makes a disk in less."""

_FAILURES = frozenset({"FailedBinding", "ProvisioningFailed", "VolumeMismatch", "ClaimMisbound"})


def diagnose_volume_claim(claim: Manifest, events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a PersistentVolumeClaim: it is bound, or waits by intention for its first pod.

    https://kubernetes.io/docs/concepts/storage/persistent-volumes/

    Args:
        claim: the PersistentVolumeClaim.
        events: Events of its namespace.
    """
    name, phase = claim["metadata"]["name"], (claim.get("status") or {}).get("phase") or "Pending"
    told = EventLog(events).about(claim)
    if phase == "Bound":
        return Verdict("succeeded", f"PersistentVolumeClaim {name} is bound")
    if phase == "Lost":
        lost = f"PersistentVolumeClaim {name} has lost its volume: the PersistentVolume that it was bound to is gone."
        remedy = "Restore the PersistentVolume, or delete the claim and make it anew; its data is not in the cluster."
        return unfinished(f"{name} is lost", (_cause(claim, "volume-claim-lost", lost, remedy, FATAL_NOW),))
    last = latest(told, lambda event: event.reason in {*_FAILURES, "WaitForFirstConsumer", "WaitForPodScheduled"})
    if last is not None and last.reason not in _FAILURES:
        return Verdict("succeeded", f"PersistentVolumeClaim {name} waits for its first pod")
    return unfinished(f"PersistentVolumeClaim {name} is not bound yet", (_unbound(claim, last),) if last else ())


def _unbound(claim: Manifest, failed: ObjectEvent) -> Cause:
    sentence = f"PersistentVolumeClaim {claim['metadata']['name']} is not bound to a volume: {quoted(failed.message)}."
    remedy = "Correct its storageClassName, size or access mode, or look at the provisioner of its class."
    return _cause(claim, "volume-claim-unbound", sentence, remedy, PROVISIONING, str(failed))


def _cause(claim: Manifest, cause_id: CauseId, sentence: str, remedy: str, patience: Patience, *proof: str) -> Cause:
    phase = (claim.get("status") or {}).get("phase") or "Pending"
    return Cause(
        id=cause_id,
        sentence=sentence,
        subject=f"PersistentVolumeClaim {claim['metadata']['name']}",
        evidence=evidence(f"status.phase is {phase}", *proof),
        remedy=remedy,
        patience=patience,
    )
