"""Records as objects of the cluster, and back.

A record is a ConfigMap: `record.json` for people and for `history`, and the contents compressed. Contents that are too
large for one object go on in further ones. Secrets are never in any of these, nor is what holds the value of one: they
are kept in Secrets of ours.
"""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from cdkit.api import Manifest, WorldFailed, decode_json
from cdkit_deploy.ledger.names import RECORD, REVISION, VERDICT, Deployment
from cdkit_deploy.ledger.record import Contents, Record

CHUNK = 600_000
"""Bytes of contents in one object: with base64 800 kB, of the 1 MiB that the API server takes."""

LEVEL = 6
"""Of compression, as zlib has it. The highest one takes three times as long for the last twentieth."""

LARGEST = 1 << 28
"""Bytes of contents when they are unpacked; more is no record of ours."""

SUMMARY, CONTENTS, PARTS, SECRET_PARTS = "record.json", "contents", "parts", "secret-parts"

Purpose = Literal["deployment", "part", "secret-copy"]

IsSecret = Callable[[Manifest], bool]
"""Whether an object may only be kept in a Secret."""


class Written(msgspec.Struct, frozen=True):
    """A record as objects. The main one is created last: a record without it was never made."""

    main: Manifest
    rest: tuple[Manifest, ...]


def written(deployment: Deployment, namespace: str, record: Record, contents: Contents, is_secret: IsSecret) -> Written:
    """The objects that hold a record."""
    public, secret = _divided(contents, is_secret)
    chunks = _chunks(public)
    secret_chunks = _chunks(secret) if secret != Contents() else []

    def make(kind: str, purpose: Purpose, number: int, **body: Any) -> Manifest:
        labels = {**deployment.labels, RECORD: purpose, REVISION: str(record.revision)}
        metadata = {"name": part_name(deployment, record.revision, number), "namespace": namespace, "labels": labels}
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **body}

    counts = {PARTS: str(len(chunks)), SECRET_PARTS: str(len(secret_chunks))}
    main = make(
        "ConfigMap", "deployment", 1, data={SUMMARY: summary(record), **counts}, binaryData={CONTENTS: chunks[0]}
    )
    main["metadata"]["labels"][VERDICT] = record.verdict
    parts = [
        make("ConfigMap", "part", number, binaryData={CONTENTS: chunk}) for number, chunk in enumerate(chunks[1:], 2)
    ]
    copies = [
        make("Secret", "secret-copy", number, data={CONTENTS: chunk}) for number, chunk in enumerate(secret_chunks, 1)
    ]
    return Written(main, (*copies, *parts))


def part_name(deployment: Deployment, revision: int, number: int) -> str:
    """The name of the n-th object of a record: `cdkit-hello.staging-r7`, then `cdkit-hello.staging-r7.2`."""
    name = f"{deployment.name}-r{revision}"
    return name if number == 1 else f"{name}.{number}"


def summary(record: Record) -> str:
    """What stands in `record.json`."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1).decode()


def sealing(record: Record) -> Manifest:
    """The merge patch that writes how a deployment ended: in one request, so that it is written whole or not at all."""
    return {"metadata": {"labels": {VERDICT: record.verdict}}, "data": {SUMMARY: summary(record)}}


def record_of(main: Manifest) -> Record:
    """The record in its main object.

    Raises:
        WorldFailed: somebody has changed it.
    """
    try:
        return decode_json(main["data"][SUMMARY], Record)
    except (KeyError, TypeError, msgspec.MsgspecError) as error:
        raise _broken(main) from error


def part_counts(main: Manifest) -> tuple[int, int]:
    """How many objects hold the contents, the main one included, and how many Secrets there are with copies.

    Raises:
        WorldFailed: somebody has changed it.
    """
    try:
        return int(main["data"][PARTS]), int(main["data"][SECRET_PARTS])
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(main) from error


def contents_of(parts: Sequence[Manifest], copies: Sequence[Manifest]) -> Contents:
    """The contents of a record.

    Args:
        parts: the main object and those with further parts, in order.
        copies: the Secrets with the copies of Secrets, in order.

    Raises:
        WorldFailed: somebody has changed one of them.
    """
    public = _joined(parts, "binaryData")
    secret = _joined(copies, "data") if copies else Contents()
    return Contents(public.objects + secret.objects, public.before + secret.before)


def _chunks(contents: Contents) -> list[str]:
    # The same contents give the same bytes, whenever they are written.
    packed = gzip.compress(msgspec.json.encode(contents), LEVEL, mtime=0)
    return [base64.b64encode(packed[start : start + CHUNK]).decode() for start in range(0, len(packed), CHUNK)]


def _joined(objects: Sequence[Manifest], field: str) -> Contents:
    try:
        packed = b"".join(base64.b64decode(item[field][CONTENTS], validate=True) for item in objects)
        unpacking = zlib.decompressobj(wbits=31)
        raw = unpacking.decompress(packed, LARGEST)
        if not unpacking.eof:
            raise _broken(objects[0])
        return decode_json(raw, Contents)
    except (KeyError, TypeError, ValueError, zlib.error, msgspec.MsgspecError) as error:
        raise _broken(objects[0]) from error


def _divided(contents: Contents, is_secret: IsSecret) -> tuple[Contents, Contents]:
    """What everybody may read, and what only a Secret may hold."""
    hidden = {id(item) for item in contents.objects if is_secret(item)}
    hidden |= {id(item) for item in contents.before if item.live is not None and is_secret(item.live)}
    public = Contents(
        tuple(item for item in contents.objects if id(item) not in hidden),
        tuple(item for item in contents.before if id(item) not in hidden),
    )
    secret = Contents(
        tuple(item for item in contents.objects if id(item) in hidden),
        tuple(item for item in contents.before if id(item) in hidden),
    )
    return public, secret


def _broken(item: Manifest) -> WorldFailed:
    metadata = item["metadata"]
    kind, name, namespace = item["kind"], metadata["name"], metadata["namespace"]
    return WorldFailed(
        f"The {kind} {name} in {namespace!r}, which holds the record of a deployment, was changed and cannot be read.",
        remedy=f"Remove the record when its revision is not needed: kubectl -n {namespace} delete {kind} {name}",
    )
