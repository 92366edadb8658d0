"""What rules look at: the objects of an application, and what is known of the world that they go into."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from cdkit.api import Manifest
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.identity import step_name
from cdkit_manifests.pods import CONTAINER_LISTS, pod_path, template_of

Wrong = tuple[Field, str]
"""A field, and what is wrong with it."""


class Container(msgspec.Struct, frozen=True):
    """A container, and where it stands."""

    pod: Pod
    value: dict[str, Any]
    path: FieldPath

    def field(self, *path: str) -> Field:
        """A field of the container."""
        return self.pod.workload_field(*self.path, *path)

    def entries(self, name: str) -> Iterator[tuple[Field, dict[str, Any]]]:
        """The entries of one of its lists."""
        yield from entries(self.field(name), self.value.get(name))


class Pod(msgspec.Struct, frozen=True):
    """A pod template, and where it stands.

    Attributes:
        item: the object that it is in.
        template: its labels and its spec.
    """

    item: Manifest
    template: dict[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """The pod's spec."""
        return self.template.get("spec") or {}

    @property
    def labels(self) -> dict[str, str]:
        """The labels that its pods get."""
        return (self.template.get("metadata") or {}).get("labels") or {}

    @property
    def containers(self) -> Iterator[Container]:
        """All containers, those that run first before the others."""
        for name in CONTAINER_LISTS:
            for index, value in enumerate(self.spec.get(name) or ()):
                yield Container(self, value, (*pod_path(self.item), name, step_name(name, value, index)))

    def field(self, *path: str) -> Field:
        """A field of the pod's spec."""
        return self.workload_field(*pod_path(self.item), *path)

    def workload_field(self, *path: str) -> Field:
        """A field of the object that the template is in."""
        return field_of(self.item, *path)

    def entries(self, name: str) -> Iterator[tuple[Field, dict[str, Any]]]:
        """The entries of one of its lists."""
        yield from entries(self.field(name), self.spec.get(name))


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What rules look at.

    Attributes:
        objects: the objects, all of them right by their schema.
        names: kind and name of all objects, the others too.
        complete: whether there are no others, so that what is not found is not there.
        external: objects that are known to be in the cluster, as `Secret/db`.
        release: whether this is to run where it matters.
    """

    objects: Sequence[Manifest]
    names: frozenset[tuple[str, str]] = frozenset()
    complete: bool = True
    external: Collection[str] = ()
    release: bool = False

    def of_kind(self, *kinds: str) -> Iterator[Manifest]:
        """The objects of some kinds."""
        return (item for item in self.objects if item["kind"] in kinds)

    @property
    def pods(self) -> Iterator[Pod]:
        """All pod templates."""
        for item in self.objects:
            template = template_of(item)
            if template is not None:
                yield Pod(item, template)

    def find(self, kind: str, name: str) -> Manifest | None:
        """An object by its kind and name."""
        return next((item for item in self.of_kind(kind) if item["metadata"]["name"] == name), None)

    def is_there(self, kind: str, name: str) -> bool:
        """Whether an object is among the others, or known to be in the cluster."""
        return (kind, name) in self.names or f"{kind}/{name}" in self.external

    def selected(self, selector: dict[str, Any]) -> list[Pod]:
        """The pod templates whose labels a plain selector matches."""
        return [pod for pod in self.pods if selector.items() <= pod.labels.items()]


def field_of(item: Manifest, *path: str) -> Field:
    """A field of an object."""
    return Field(item["kind"], item["metadata"]["name"], path)


def entries(field: Field, value: Any) -> Iterator[tuple[Field, dict[str, Any]]]:
    """The entries of a list that are mappings, each with its place.

    Args:
        field: the list.
        value: what stands there.
    """
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, dict):
            yield Field(field.kind, field.name, (*field.path, step_name(field.path[-1], entry, index))), entry


def below(field: Field, *path: str) -> Field:
    """A field inside another."""
    return Field(field.kind, field.name, (*field.path, *path))
