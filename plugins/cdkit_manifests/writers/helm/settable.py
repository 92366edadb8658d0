"""Which fields of a chart are values: those that differ between environments, and those that people want to set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cdkit.api import Manifest
from cdkit_manifests.fields import FieldPath
from cdkit_manifests.identity import step_name
from cdkit_manifests.pods import TEMPLATES

ANY = "*"
_CONTAINER: tuple[FieldPath, ...] = (
    ("image",),
    ("imagePullPolicy",),
    ("resources",),
    ("env", ANY, "value"),
)
_POD = tuple(("spec", field, ANY, *way) for field in ("containers", "initContainers") for way in _CONTAINER)
_OWN: dict[str, tuple[FieldPath, ...]] = {
    "Deployment": (("spec", "replicas"),),
    "StatefulSet": (("spec", "replicas"),),
    "CronJob": (("spec", "schedule"), ("spec", "suspend")),
    "Service": (("spec", "type"),),
    "Ingress": (("spec", "ingressClassName"), ("spec", "rules", ANY, "host"), ("spec", "tls")),
    "HTTPRoute": (("spec", "hostnames"),),
    "HorizontalPodAutoscaler": (("spec", "minReplicas"), ("spec", "maxReplicas")),
    "PersistentVolumeClaim": (("spec", "resources"), ("spec", "storageClassName")),
}
_PODS = {kind: tuple((*way, *rest) for rest in _POD) for kind, way in TEMPLATES.items()}
_EVERY: tuple[FieldPath, ...] = (("metadata", "namespace"),)


class Absent:
    """In the place of a field that an environment does not have."""


ABSENT = Absent()


class Settable(msgspec.Struct, frozen=True):
    """A field that is a value of the chart.

    Attributes:
        path: the way to it, as notes name it.
        keys: the way to it in the object, with the numbers of entries.
        words: the way to it as a person would say it: entries by their names, and an only one not at all.
        values: its value by environment; `ABSENT` where it has none.
    """

    path: FieldPath
    keys: tuple[str | int, ...]
    words: tuple[str, ...]
    values: dict[str, Any]

    @property
    def optional(self) -> bool:
        """Whether some environment does not have it."""
        return any(value is ABSENT for value in self.values.values())

    def field(self, name: str) -> Settable:
        """A field of this mapping."""
        values = {environment: fields.get(name, ABSENT) for environment, fields in self.values.items()}
        return Settable((*self.path, name), (*self.keys, name), (*self.words, name), values)

    def entries(self) -> Iterator[Settable]:
        """The entries of this list, which has the same ones everywhere."""
        first: list[Any] = next(iter(self.values.values()))
        for index, entry in enumerate(first):
            path = (*self.path, step_name(self.path[-1], entry, index))
            number = (str(index),) if len(first) > 1 else ()
            word = (str(entry["name"]),) if "name" in entry else number
            values = {environment: value[index] for environment, value in self.values.items()}
            yield Settable(path, (*self.keys, index), (*self.words, *word), values)


def settable_fields(kind: str, manifests: dict[str, Manifest]) -> Iterator[Settable]:
    """The fields of an object that are values, in its own order; none of them is inside another.

    Args:
        kind: the object's kind.
        manifests: the object by environment.
    """
    wanted = (*_EVERY, *_OWN.get(kind, ()), *_PODS.get(kind, ()))
    yield from _fields(Settable((), (), (), dict(manifests)), wanted)


def _fields(mapping: Settable, wanted: Sequence[FieldPath]) -> Iterator[Settable]:
    for name in dict.fromkeys(name for fields in mapping.values.values() for name in fields):
        yield from _within(mapping.field(name), [way[1:] for way in wanted if way[0] == name])


def _within(field: Settable, wanted: Sequence[FieldPath]) -> Iterator[Settable]:
    """The field itself, or those inside it.

    Args:
        field: the field.
        wanted: the ways from it to fields that are values in any case.
    """
    same = _are_equal(field.values)
    if () in wanted:
        yield field
    elif same and not wanted:
        return
    elif _are_alike_mappings(field.values):
        yield from _fields(field, wanted)
    elif _are_alike_lists(field.values):
        for entry in field.entries():
            yield from _fields(entry, [way[1:] for way in wanted if way[0] == ANY])
    elif not same:
        yield field


def _are_equal(values: dict[str, Any]) -> bool:
    first, *others = values.values()
    return all(other == first and type(other) is type(first) for other in others)


def _are_alike_mappings(values: dict[str, Any]) -> bool:
    """Mappings with a field in common: so something is left of it when all that differs is absent."""
    mappings = [value for value in values.values() if isinstance(value, dict)]
    return len(mappings) == len(values) and bool(set.intersection(*map(set, mappings)))


def _are_alike_lists(values: dict[str, Any]) -> bool:
    """Lists of mappings that have the same thing at the same place, by its name where it has one."""
    lists = [value for value in values.values() if isinstance(value, list)]
    if len(lists) != len(values) or any(len(entries) != len(lists[0]) for entries in lists):
        return False
    return all(_are_one_thing(entries) for entries in zip(*lists, strict=True))


def _are_one_thing(entries: Sequence[Any]) -> bool:
    mappings = [entry for entry in entries if isinstance(entry, dict)]
    if len(mappings) != len(entries) or not set.intersection(*map(set, mappings)):
        return False
    return all(entry.get("name", ABSENT) == mappings[0].get("name", ABSENT) for entry in mappings)
