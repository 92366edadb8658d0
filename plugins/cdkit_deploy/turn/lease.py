"""The Lease of a deployment: reading it, and the changes to it. Pure.

https://kubernetes.io/docs/concepts/architecture/leases/. The build that holds it stands in `holderIdentity` for people
and for other tools, and with all its facts in an annotation.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from cdkit.api import Manifest, ObjectRef, decode_json
from cdkit_deploy.turn.holder import Holder

SECONDS = 15
"""For how long a Lease is held after its last renewal. Of a build that was killed others wait so long."""

HOLDER = "cdkit.dev/holder"
SUPERSEDED_BY = "cdkit.dev/superseded-by"
"""Annotations: the facts of who holds the Lease, and of the newer build that wants it."""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A Lease as it is at the API server.

    Attributes:
        version: the resource version, without which nobody changes it.
        holder: who holds it; None when nobody does.
        seconds: for how long after a renewal it is held.
        renewed: when it was renewed, by the clock of its holder.
        transitions: how often it went from one to another.
        superseded_by: the newer build that wants it; None when there is none.
    """

    version: str
    holder: Holder | None = None
    seconds: float = SECONDS
    renewed: str = ""
    transitions: int = 0
    superseded_by: Holder | None = None

    @property
    def sign_of_life(self) -> tuple[str, str, int]:
        """What changes with every renewal, and with nothing that others write into it."""
        return (self.holder.identity if self.holder else "", self.renewed, self.transitions)


def read_lease(live: Manifest) -> Lease:
    """A Lease of the API server; what somebody else wrote into it in another way is taken as far as it can be read."""
    spec, annotations = live.get("spec") or {}, live["metadata"].get("annotations") or {}
    identity = spec.get("holderIdentity") or ""
    duration = spec.get("leaseDurationSeconds")
    return Lease(
        version=live["metadata"]["resourceVersion"],
        holder=(_read_holder(annotations.get(HOLDER)) or Holder(run_id=identity)) if identity else None,
        seconds=duration if isinstance(duration, int) and duration > 0 else SECONDS,
        renewed=str(spec.get("renewTime") or ""),
        transitions=spec.get("leaseTransitions") or 0,
        superseded_by=_read_holder(annotations.get(SUPERSEDED_BY)),
    )


def new_lease(ref: ObjectRef, labels: dict[str, str], holder: Holder, now: float) -> Manifest:
    """A Lease that is held from its beginning on."""
    metadata = {"name": ref.name, "namespace": ref.namespace, "labels": labels, "annotations": _marks(holder)}
    spec = {**_times(now), "acquireTime": _micro_time(now), "holderIdentity": holder.identity, "leaseTransitions": 0}
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": metadata, "spec": spec}


def taken(lease: Lease, holder: Holder, now: float) -> Manifest:
    """The patch by which a Lease that is free or has run out goes to another."""
    spec = {
        **_times(now),
        "acquireTime": _micro_time(now),
        "holderIdentity": holder.identity,
        "leaseTransitions": lease.transitions + 1,
    }
    return _patch(lease, {**_marks(holder), SUPERSEDED_BY: None}, spec)


def renewed(lease: Lease, holder: Holder, now: float) -> Manifest:
    """The patch by which its holder keeps it."""
    return _patch(lease, _marks(holder), {**_times(now), "holderIdentity": holder.identity})


def released(lease: Lease) -> Manifest:
    """The patch by which its holder gives it up, so that nobody has to wait for it to run out."""
    return _patch(lease, {HOLDER: None, SUPERSEDED_BY: None}, {"holderIdentity": ""})


def superseded(lease: Lease, by: Holder) -> Manifest:
    """The patch by which a newer build tells the holder to stop."""
    return _patch(lease, {SUPERSEDED_BY: _written(by)}, {})


def _patch(lease: Lease, annotations: dict[str, Any], spec: dict[str, Any]) -> Manifest:
    """A merge patch that the server takes only while nobody else has changed the Lease."""
    return {"metadata": {"resourceVersion": lease.version, "annotations": annotations}, "spec": spec}


def _marks(holder: Holder) -> dict[str, Any]:
    return {HOLDER: _written(holder)}


def _times(now: float) -> dict[str, Any]:
    return {"renewTime": _micro_time(now), "leaseDurationSeconds": SECONDS}


def _micro_time(now: float) -> str:
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _written(holder: Holder) -> str:
    return msgspec.json.encode(holder).decode()


def _read_holder(text: Any) -> Holder | None:
    try:
        return decode_json(text, Holder) if isinstance(text, str) else None
    except msgspec.MsgspecError:
        return None
