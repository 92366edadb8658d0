"""Merging a fragment into a manifest: what the fragment says wins, and nothing is there twice.

Mappings are merged key by key, and lists whose entries can be told apart (`identity`) entry by entry; other lists are
taken whole. `null` takes a field away, and so does `$patch: delete` an entry of a list; `$patch: replace` takes a
mapping as it stands.
https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from __future__ import annotations

from typing import Any

from cdkit.api import Node, Problem, Source
from cdkit_manifests.draft import Place
from cdkit_manifests.identity import MERGE_KEYS, identity

PATCH = "$patch"

_ALTERNATIVES: tuple[frozenset[str], ...] = (
    frozenset({"httpGet", "tcpSocket", "exec", "grpc", "sleep"}),
    frozenset({"value", "valueFrom"}),
    frozenset({"configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef"}),
    frozenset({"minAvailable", "maxUnavailable"}),
    frozenset(
        {
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "hostPath", "image", "iscsi", "nfs",
            "persistentVolumeClaim", "projected", "secret",
        }
    ),
)  # fmt: skip
"""Fields of which an object has one only: who says another one means it in place of what is there."""

_HOLDERS_OF_VOLUMES = frozenset({"volumes", "sources"})
"""Elsewhere `image` is a field like any other, and so is `secret`."""

_TEXT_MAPPINGS = frozenset(
    {"labels", "annotations", "matchLabels", "nodeSelector", "data", "stringData", "binaryData", "selector"}
)
"""Mappings that hold text only, whatever it looks like: `version: 1.10`, `debug: no`."""
_TEXT_LISTS = frozenset({"command", "args"})
_TEXT_FIELDS = frozenset({"value", "name", "image"})


def merge(place: Place, node: Node, problems: list[Problem]) -> None:
    """Merge a mapping of a fragment into a manifest.

    Args:
        place: where.
        node: what the fragment says.
        problems: gets what does not fit, with its position.
    """
    if not isinstance(node.value, dict):
        problems.append(Problem(f"Here stands {node.kind}; a mapping is wanted.", node.position))
        return
    _drop_alternatives(place, node)
    for key, child in node.value.items():
        if key != PATCH:
            _merge_field(place, key, child, problems)


def plain(node: Node, field: str = "") -> Any:
    """What a fragment says as ordinary data, without what it takes away.

    Args:
        node: what it says.
        field: the key under which it stands, or that of the list that it stands in.
    """
    if isinstance(node.value, dict):
        return {
            key: plain(child, field if field in _TEXT_MAPPINGS else key)
            for key, child in node.value.items()
            if child.value is not None and key != PATCH
        }
    if isinstance(node.value, list):
        return [plain(child, field) for child in node.value if not _is(child, "delete")]
    is_text = field in _TEXT_MAPPINGS or field in _TEXT_LISTS or field in _TEXT_FIELDS
    return node.text if is_text else node.value


def _merge_field(place: Place, key: str, node: Node, problems: list[Problem]) -> None:
    there = place.value.get(key)
    if node.value is None:
        place.remove(key)
    elif isinstance(there, dict) and not _is(node, "replace"):
        merge(place.at(key), node, problems)
    elif isinstance(there, list) and key in MERGE_KEYS:
        _merge_list(place, key, node, problems)
    elif isinstance(there, list) and not isinstance(node.value, list):
        problems.append(Problem(f"Here stands {node.kind}; a list is wanted.", node.position))
    else:
        field = place.path[-1] if place.path and place.path[-1] in _TEXT_MAPPINGS else key
        place.put(key, plain(node, field), _source(node))


def _merge_list(place: Place, field: str, node: Node, problems: list[Problem]) -> None:
    if not isinstance(node.value, list):
        problems.append(Problem(f"Here stands {node.kind}; a list is wanted.", node.position))
        return
    strange = [item for item in node.value if not isinstance(item.value, dict)]
    problems.extend(Problem(f"Here stands {item.kind}; a mapping is wanted.", item.position) for item in strange)
    if strange:
        return
    if all(_index(place.value[field], field, item) is not None or _identity(field, item) for item in node.value):
        for item in node.value:
            _merge_entry(place, field, item, problems)
    else:
        # Nothing tells the entries apart, so the list is taken whole.
        place.put(field, plain(node, field), _source(node))


def _merge_entry(place: Place, field: str, item: Node, problems: list[Problem]) -> None:
    entries = place.value[field]
    index = _index(entries, field, item)
    if _is(item, "delete"):
        place.value[field] = [entry for number, entry in enumerate(entries) if number != index]
    elif index is None or _is(item, "replace"):
        place.append(field, plain(item, field), _source(item))
    else:
        merge(place.entry(field, index), item, problems)


def _index(entries: list[Any], field: str, item: Node) -> int | None:
    """Which entry of the manifest the fragment speaks of; a container without a name is the application's own."""
    wanted = _identity(field, item)
    if wanted is None:
        return 0 if field == "containers" and entries else None
    return next((index for index, entry in enumerate(entries) if identity(field, entry) == wanted), None)


def _identity(field: str, item: Node) -> tuple[Any, ...] | None:
    return identity(field, plain(item, field))


def _drop_alternatives(place: Place, node: Node) -> None:
    said = {key for key, child in node.value.items() if child.value is not None}
    for group in _ALTERNATIVES:
        if "emptyDir" in group and (len(place.path) < 2 or place.path[-2] not in _HOLDERS_OF_VOLUMES):  # noqa: PLR2004
            continue
        if said & group:
            for key in (group & place.value.keys()) - said:
                place.remove(key)
    kind = node.value.get("type")
    if kind is not None and kind.value != "RollingUpdate":
        place.remove("rollingUpdate")


def _is(node: Node, patch: str) -> bool:
    said = node.value.get(PATCH) if isinstance(node.value, dict) else None
    return said is not None and said.value == patch


def _source(node: Node) -> Source:
    return Source(node.position.file, node.position.line)
