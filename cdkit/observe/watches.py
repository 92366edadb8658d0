"""What to watch for some objects that are followed at once: one watch a kind and namespace, however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.observe.kinds import PODS, Kind, Related, kind_of
from cdkit.observe.snapshot import Snapshot


class Surroundings:
    """The objects around one that is judged: those of its namespace, by kind.

    Args:
        seen: what was seen at one moment.
        ref: the object that is judged.
        followed: all objects that are followed.
    """

    def __init__(self, seen: Snapshot, ref: ObjectRef, followed: Iterable[ObjectRef]) -> None:
        self._seen = seen
        self._ref = ref
        self._followed = followed

    def __getitem__(self, kind: Related) -> list[Manifest]:
        return self._seen[_name(_query(kind, self._ref.namespace))]

    def beside(self) -> list[Manifest]:
        """What is followed together with it, in its namespace."""
        refs = (ref for ref in self._followed if ref != self._ref and ref.namespace == self._ref.namespace)
        return [item for ref in refs if (item := itself(self._seen, ref)) is not None]


def itself(seen: Snapshot, ref: ObjectRef) -> Manifest | None:
    """An object that is followed, as it was last seen; None when it is not there."""
    objects = seen[_name(_own_query(ref))]
    return next((item for item in objects if item["metadata"]["name"] == ref.name), None)


def watches(refs: Iterable[ObjectRef], selectors: Mapping[ObjectRef, str]) -> dict[str, ObjectQuery]:
    """The queries that tell all about some objects, by names that `itself` and `Surroundings` know.

    Where several objects ask for different parts of a kind in a namespace, the whole of it is watched once.

    Args:
        refs: the objects.
        selectors: which pods belong to an object, as a label selector, where that is known.
    """
    return _shared(query for ref in refs for query in _queries(ref, kind_of(ref), selectors.get(ref, "")))


def own_watches(refs: Iterable[ObjectRef]) -> dict[str, ObjectQuery]:
    """The queries that tell whether objects are there, by names that `itself` knows."""
    return _shared(map(_own_query, refs))


def selector_text(selector: Mapping[str, Any]) -> str:
    """A label selector as the API takes it in a query; also the plain labels of a Service or ReplicationController.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#list-and-watch-filtering
    """
    is_plain = not {"matchLabels", "matchExpressions"} & set(selector)
    labels = selector if is_plain else selector.get("matchLabels") or {}
    parts = [f"{key}={value}" for key, value in labels.items()]
    for expression in () if is_plain else selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(expression.get("values") or ())
        parts.append(
            {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}.get(
                expression["operator"], f"!{key}"
            )
        )
    return ",".join(parts)


def _shared(wanted: Iterable[ObjectQuery]) -> dict[str, ObjectQuery]:
    queries: dict[str, ObjectQuery] = {}
    for query in wanted:
        known = queries.setdefault(_name(query), query)
        if known != query:
            queries[_name(query)] = msgspec.structs.replace(query, label_selector="", field_selector="")
    return queries


def _queries(ref: ObjectRef, kind: Kind | None, selector: str) -> Iterable[ObjectQuery]:
    yield _own_query(ref)
    for related in kind.needs if kind else ():
        query = _query(related, ref.namespace)
        is_selected = related == PODS or related.kind == "ReplicaSet"
        yield msgspec.structs.replace(query, label_selector=selector) if is_selected else query


def _own_query(ref: ObjectRef) -> ObjectQuery:
    return ObjectQuery(ref.api_version, ref.kind, ref.namespace, field_selector=f"metadata.name={ref.name}")


def _query(related: Related, namespace: str) -> ObjectQuery:
    return ObjectQuery(related.api_version, related.kind, namespace)


def _name(query: ObjectQuery) -> str:
    return f"{query.api_version} {query.kind} {query.namespace}".rstrip()
