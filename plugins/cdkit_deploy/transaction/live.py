"""What is in the cluster now, asked with few requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import msgspec

from cdkit.api import AccessDenied, Manifest, ObjectQuery, ObjectRef, RequestRejected, StepContext, do_all
from cdkit_deploy.transaction.patience import patiently

FEW = 3
"""So many objects of one kind are asked for one by one; of more, all of the namespace are listed at once. To list
Secrets is more than many an account may: it is then asked for each that is needed."""


class Key(msgspec.Struct, frozen=True):
    """What makes an object one of its own: its group may be served in several versions."""

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, ref: ObjectRef) -> Key:
        """The key of a reference."""
        return cls(ref.group, ref.kind, ref.namespace, ref.name)


Live = Mapping[Key, Manifest]
"""The objects that are there, by their keys."""


def look_at(ctx: StepContext, refs: Iterable[ObjectRef]) -> dict[Key, Manifest]:
    """Those of some objects that are there. A kind that the cluster does not serve has none."""
    found = do_all([partial(_answer, ctx, question) for question in _questions(refs)])
    return {key: item for answer in found for key, item in answer.items()}


def _questions(refs: Iterable[ObjectRef]) -> Iterator[tuple[ObjectRef, ...]]:
    """The references as they are asked for together: all of a kind and namespace, or few of them one by one."""
    together: dict[tuple[str, str, str], list[ObjectRef]] = {}
    for ref in dict.fromkeys(refs):
        together.setdefault((ref.api_version, ref.kind, ref.namespace), []).append(ref)
    for members in together.values():
        if len(members) > FEW:
            yield tuple(members)
        else:
            yield from ((ref,) for ref in members)


def _answer(ctx: StepContext, refs: tuple[ObjectRef, ...]) -> dict[Key, Manifest]:
    ctx.cancellation.raise_if_cancelled()
    try:
        return _listed(ctx, refs) if len(refs) > 1 else _one_by_one(ctx, refs)
    except AccessDenied:
        if len(refs) == 1:
            raise
        return _one_by_one(ctx, refs)
    except RequestRejected:
        # Its definition comes with this very deployment; if it does not, applying says so.
        return {}


def _one_by_one(ctx: StepContext, refs: tuple[ObjectRef, ...]) -> dict[Key, Manifest]:
    def get(ref: ObjectRef) -> Manifest | None:
        return patiently(ctx, str(ref), lambda: ctx.cluster.get(ref))

    found = do_all([partial(get, ref) for ref in refs])
    return {Key.of(ref): item for ref, item in zip(refs, found, strict=True) if item is not None}


def _listed(ctx: StepContext, refs: tuple[ObjectRef, ...]) -> dict[Key, Manifest]:
    first = refs[0]
    query = ObjectQuery(first.api_version, first.kind, first.namespace)
    items, _ = patiently(ctx, f"the {first.kind} objects", lambda: ctx.cluster.list(query))
    wanted = {Key.of(ref) for ref in refs}
    listed = ((Key.of(msgspec.structs.replace(first, name=item["metadata"]["name"])), item) for item in items)
    return {key: item for key, item in listed if key in wanted}
