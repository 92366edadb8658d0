"""What applying some manifests would do to each object, asked by a dry run of the server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from cdkit.api import (
    AccessDenied,
    Change,
    Cluster,
    FieldChange,
    Manifest,
    ObjectConflict,
    ObjectNotFound,
    ObjectRef,
    RequestRejected,
    Unavailable,
    WorldFailed,
)
from cdkit_deploy.difference.fields import field_changes
from cdkit_deploy.difference.masking import Fingerprint, masked
from cdkit_deploy.difference.noise import without_noise
from cdkit_deploy.refusals.conflicts import conflict_lines, conflicts_of, of_others
from cdkit_deploy.refusals.immutable import immutable_changes, immutable_message

AT_ONCE = 8
"""Requests at the same time; a server answers few faster than that."""


class ApplyPolicy(msgspec.Struct, frozen=True):
    """What applying does where an object stands in the way.

    Attributes:
        take_over: set fields although somebody else has set them to something else.
        recreate: delete and create anew an object of which a field cannot be changed.
    """

    take_over: bool = False
    recreate: bool = False


class Brought(msgspec.Struct, frozen=True):
    """What the manifests bring themselves, and without which the server cannot answer for others of them.

    Attributes:
        namespaces: the namespaces.
        kinds: the group and kind of each definition.
    """

    namespaces: frozenset[str]
    kinds: frozenset[tuple[str, str]]

    @classmethod
    def by(cls, objects: Sequence[Manifest]) -> Brought:
        """What some manifests bring."""
        definitions = [item.get("spec", {}) for item in objects if item["kind"] == "CustomResourceDefinition"]
        kinds = {(spec.get("group", ""), spec.get("names", {}).get("kind", "")) for spec in definitions}
        namespaces = {item["metadata"]["name"] for item in objects if item["kind"] == "Namespace"}
        return cls(frozenset(namespaces), frozenset(kinds))

    def names_what_misses(self, ref: ObjectRef) -> str:
        """What of an object's needs comes with the same manifests; empty when nothing does."""
        if (ref.api_version.rpartition("/")[0], ref.kind) in self.kinds:
            return f"the definition of {ref.kind}"
        return f"the namespace {ref.namespace!r}" if ref.namespace in self.namespaces else ""


def planned_changes(cluster: Cluster, objects: Sequence[Manifest], policy: ApplyPolicy | None = None) -> list[Change]:
    """What applying would do to each of some objects, in their order. Changes nothing.

    Args:
        cluster: the API server.
        objects: the manifests.
        policy: what is done where an object stands in the way; nothing when left out.

    Raises:
        Unavailable: the server does not answer.
    """
    from concurrent.futures import ThreadPoolExecutor

    ask = partial(_planned, cluster, Brought.by(objects), policy or ApplyPolicy(), Fingerprint())
    with ThreadPoolExecutor(min(AT_ONCE, len(objects) or 1)) as pool:
        return list(pool.map(ask, objects))


def _planned(
    cluster: Cluster, brought: Brought, policy: ApplyPolicy, fingerprint: Fingerprint, manifest: Manifest
) -> Change:
    ref = ObjectRef.of(manifest)
    try:
        live = cluster.get(ref)
        try:
            wanted = _dry_run(cluster, manifest, live, policy)
        except RequestRejected as error:
            return _rejected(error, ref, live, manifest, policy)
    except (RequestRejected, ObjectNotFound) as error:
        missing = brought.names_what_misses(ref)
        if not missing:
            return _refused(ref, error)
        return Change("create", str(ref), f"{missing} comes with it, so that the server could not be asked")
    except AccessDenied as error:
        return Change("unknown", str(ref), error.message)
    except Unavailable:
        raise
    except WorldFailed as error:
        return _refused(ref, error)
    return _compared(ref, live, wanted, fingerprint)


def _dry_run(cluster: Cluster, manifest: Manifest, live: Manifest | None, policy: ApplyPolicy) -> Manifest:
    """The object as it would be.

    Raises:
        ObjectConflict: fields belong to others, and are not to be taken over; the evidence names them.
    """
    try:
        return cluster.apply(manifest, dry_run=True, force=policy.take_over)
    except ObjectConflict as error:
        theirs = of_others(conflicts_of(error.fields, live or manifest, manifest))
        if theirs or not error.fields:
            raise ObjectConflict("Others have set fields of it.", evidence=list(conflict_lines(theirs))) from error
        return cluster.apply(manifest, dry_run=True)


def _compared(ref: ObjectRef, live: Manifest | None, wanted: Manifest, fingerprint: Fingerprint) -> Change:
    if live is None:
        return Change("create", str(ref))
    fields = _fields(live, wanted, fingerprint)
    return Change("update", str(ref), fields=fields) if fields else Change("keep", str(ref), "it is as wanted")


def _fields(live: Manifest, wanted: Manifest, fingerprint: Fingerprint) -> tuple[FieldChange, ...]:
    before, after = (masked(without_noise(item), fingerprint) for item in (live, wanted))
    return tuple(field_changes(before, after))


def _rejected(
    error: RequestRejected, ref: ObjectRef, live: Manifest | None, manifest: Manifest, policy: ApplyPolicy
) -> Change:
    """An object that the server does not take: fields that cannot change can be helped by making it anew."""
    fields = tuple(immutable_changes(error.fields, live, manifest)) if live is not None else ()
    if not fields:
        raise error
    if policy.recreate:
        return Change("replace", str(ref), "it has fields that cannot be changed once it exists", fields=fields)
    return Change("refused", str(ref), immutable_message(ref, fields), fields=fields)


def _refused(ref: ObjectRef, error: WorldFailed) -> Change:
    return Change("refused", str(ref), error.message, error.evidence)
