"""Putting objects back to what they were before a deployment touched them."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Cluster, Manifest, ObjectRef
from cdkit_deploy.managed_fields import applied_by_us
from cdkit_deploy.prepare import without_server_fields

_SERVER_OWNED = frozenset({"apiVersion", "kind", "metadata", "status"})


class Before(msgspec.Struct, frozen=True):
    """An object as it was before it was touched; `live` is None when there was none."""

    ref: ObjectRef
    live: Manifest | None


def remember(cluster: Cluster, ref: ObjectRef) -> Before:
    """Look at an object before it is touched."""
    return Before(ref, cluster.get(ref))


def put_back(cluster: Cluster, before: Before) -> str:
    """Undo what was done to an object since it was remembered, and say in a few words what that was.

    An object that cdkit applied before is applied again with what it applied then, so that the API server takes away
    what the failed deployment brought. One that somebody else made gets its old fields back, whoever owns them. One
    that did not exist is deleted.
    """
    if before.live is None:
        cluster.delete(before.ref)
        return f"{before.ref} was removed: there was none before"
    applied = applied_by_us(before.live)
    now = cluster.get(before.ref) if applied is None else cluster.apply(applied)
    if now is None:
        cluster.create(without_server_fields(before.live))
    elif not is_as_it_was(before.live, now):
        cluster.patch(before.ref, _as_it_was(before.live, now), "json")
    return f"{before.ref} was put back"


def is_as_it_was(live: Manifest, now: Manifest) -> bool:
    """Whether all that a person can write in an object is the same."""
    return _written(live) == _written(now)


def _written(item: Manifest) -> tuple[Any, ...]:
    body = {name: value for name, value in item.items() if name not in _SERVER_OWNED}
    return body, item["metadata"].get("labels") or {}, item["metadata"].get("annotations") or {}


def _as_it_was(live: Manifest, now: Manifest) -> list[dict[str, Any]]:
    """A JSON patch (RFC 6902) that replaces all that a person can write in an object, and removes what came since."""
    metadata = live["metadata"]
    fields: list[dict[str, Any]] = [
        {"op": "add", "path": f"/{name}", "value": value} for name, value in live.items() if name not in _SERVER_OWNED
    ]
    fields += [{"op": "remove", "path": f"/{name}"} for name in now if name not in live and name not in _SERVER_OWNED]
    marks = [
        {"op": "add", "path": f"/metadata/{name}", "value": metadata.get(name, {})}
        for name in ("labels", "annotations")
    ]
    return [*fields, *marks]
