"""What is in the cluster now, asked with few requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from cdkit.api import Manifest, ObjectQuery, ObjectRef, RequestRejected, StepContext
from cdkit_deploy.transaction.parallel import in_parallel
from cdkit_deploy.transaction.patience import patiently

FEW = 3
"""So many objects of one kind are asked for one by one; of more, all of the namespace are listed at once."""


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
    found = in_parallel(lambda question: _answer(ctx, question), _questions(refs))
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
    first = refs[0]
    try:
        if len(refs) == 1:
            item = patiently(ctx, str(first), lambda: ctx.cluster.get(first))
            return {} if item is None else {Key.of(first): item}
        query = ObjectQuery(first.api_version, first.kind, first.namespace)
        items, _ = patiently(ctx, f"the {first.kind} objects", lambda: ctx.cluster.list(query))
    except RequestRejected:
        # Its definition comes with this very deployment; if it does not, applying says so.
        return {}
    wanted = {Key.of(ref) for ref in refs}
    listed = ((Key.of(msgspec.structs.replace(first, name=item["metadata"]["name"])), item) for item in items)
    return {key: item for key, item in listed if key in wanted}
