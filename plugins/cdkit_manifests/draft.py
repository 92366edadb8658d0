"""Manifests in the making: what enrichers write to, and where each value came from."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Manifest, Position, Problem, Source
from cdkit_manifests.apply_order import in_apply_order
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.identity import identity, step_name

NAME_LABEL = "app.kubernetes.io/name"
"""What pods are selected by, and nothing else: a selector cannot be changed, and a version changes always."""

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
"""The kinds that run the application's pods."""


class Draft(msgspec.Struct):
    """The objects of one application. Enrichers add to it, each in its turn.

    Attributes:
        objects: all objects, in the order in which they were added.
        warnings: what a person should know: what is missing, and what was decided for want of knowledge.
        problems: why no manifests can be made.
        origins: where fields came from that were not invented here; what stands below such a field comes from there
            too, unless it has an origin of its own.
        data_names: by kind and by name in the settings, how a ConfigMap or a Secret is called in the cluster.
        borrowed: by kind and name the objects of somebody else, which keep their labels.
        external: the objects that settings name although they are not made here, as `Secret/db`: the cluster has them.
    """

    objects: list[Manifest] = []
    warnings: list[str] = []
    problems: list[Problem] = []
    origins: dict[Field, Source] = {}
    data_names: dict[tuple[str, str], str] = {}
    borrowed: list[tuple[str, str]] = []
    external: list[str] = []

    def add(self, manifest: Manifest, source: Source | None = None) -> Place:
        """Add an object; gives the place to write on in it."""
        self.objects.append(manifest)
        place = self.place(manifest)
        place.credit((), source)
        return place

    def place(self, manifest: Manifest) -> Place:
        """An object of the draft, as a place to write in."""
        return Place(self, manifest, manifest, ())

    def find(self, kind: str, name: str) -> Place | None:
        """The object of a kind and a name, or None."""
        found = (item for item in self.objects if item["kind"] == kind and item["metadata"]["name"] == name)
        item = next(found, None)
        return None if item is None else self.place(item)

    def rename(self, place: Place, name: str) -> None:
        """Give an object another name; where its fields came from stays known."""
        kind, old = place.kind, place.name
        moved = {field: source for field, source in self.origins.items() if (field.kind, field.name) == (kind, old)}
        for field, source in moved.items():
            del self.origins[field]
            self.origins[Field(kind, name, field.path)] = source
        place.manifest["metadata"]["name"] = name

    def is_borrowed(self, manifest: Manifest) -> bool:
        """Whether an object is somebody else's."""
        return (manifest["kind"], manifest["metadata"]["name"]) in self.borrowed

    def warn(self, warning: str) -> None:
        """Tell a person something, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def refuse(self, message: str, source: Source | None = None, remedy: str | None = None) -> None:
        """Say that no manifests can be made, and why."""
        position = Position(source.file, source.line, 1) if source is not None and source.line else None
        said = f"{message} ({source})" if source is not None and position is None else message
        self.problems.append(Problem(said, position, remedy))

    def data_name(self, kind: str, name: str) -> str:
        """A ConfigMap or a Secret that settings name: one of their own, or one that is in the cluster already."""
        if (kind, name) not in self.data_names:
            self.external.append(f"{kind}/{name}")
        return self.data_names.get((kind, name), name)

    @property
    def workload(self) -> Place:
        """The object that runs the application: the first of a kind in `WORKLOADS`."""
        return self.place(next(item for item in self.objects if item["kind"] in WORKLOADS))

    @property
    def template(self) -> Place:
        """The pod template."""
        workload = self.workload
        spec = workload.at("spec", "jobTemplate", "spec") if workload.kind == "CronJob" else workload.at("spec")
        return spec.at("template")

    @property
    def selector(self) -> dict[str, str]:
        """The labels by which the application's pods are found."""
        return {NAME_LABEL: self.workload.name}

    @property
    def pod(self) -> Place:
        """The pod template's spec."""
        return self.template.at("spec")

    @property
    def container(self) -> Place:
        """The application's own container."""
        return self.pod.entry("containers", 0)

    @property
    def in_apply_order(self) -> list[Manifest]:
        """All objects, those first that others refer to."""
        return in_apply_order(self.objects)

    def origin(self, manifest: Manifest, path: FieldPath) -> Source | None:
        """Where exactly this field came from; None for what was invented here, and below a field that has an origin."""
        return self.origins.get(Field(manifest["kind"], manifest["metadata"]["name"], path))


class Place:
    """A mapping in an object of a draft, and the way to it. What is written here can say where it came from.

    Args:
        draft: the draft.
        manifest: the object.
        value: the mapping itself.
        path: the way to it.
    """

    def __init__(self, draft: Draft, manifest: Manifest, value: dict[str, Any], path: FieldPath) -> None:
        self._draft = draft
        self.manifest = manifest
        self.value = value
        self.path = path

    @property
    def kind(self) -> str:
        """The object's kind."""
        return str(self.manifest["kind"])

    @property
    def name(self) -> str:
        """The object's name."""
        return str(self.manifest["metadata"]["name"])

    def at(self, *keys: str) -> Place:
        """A mapping further down; made where there is none."""
        place = self
        for key in keys:
            place = Place(self._draft, self.manifest, place.value.setdefault(key, {}), (*place.path, key))
        return place

    def entry(self, field: str, index: int) -> Place:
        """An entry of a list in this mapping, by its number from 0."""
        entry = self.value[field][index]
        return Place(self._draft, self.manifest, entry, (*self.path, field, step_name(field, entry, index)))

    def put(self, key: str, value: Any, source: Source | None = None) -> None:
        """Write a field over whatever it was."""
        self.value[key] = value
        self.credit((key,), source)

    def put_default(self, key: str, value: Any, source: Source | None = None) -> None:
        """Write a field where there is none yet."""
        if key not in self.value:
            self.put(key, value, source)

    def remove(self, key: str) -> None:
        """Take a field away."""
        self.value.pop(key, None)
        self.credit((key,), None)

    def append(self, field: str, entry: Any, source: Source | None = None) -> None:
        """Add to a list in this mapping. An entry that is there already, by its identity, is replaced."""
        entries: list[Any] = self.value.setdefault(field, [])
        own = identity(field, entry)
        place = next(
            (index for index, other in enumerate(entries) if own is not None and identity(field, other) == own),
            len(entries),
        )
        entries[place : place + 1] = [entry]
        self.credit((field, step_name(field, entry, place)), source)

    def credit(self, path: FieldPath, source: Source | None) -> None:
        """Note where a field came from, as seen from here; None says that it was invented."""
        field = Field(self.kind, self.name, (*self.path, *path))
        if source is None:
            self._draft.origins.pop(field, None)
        else:
            self._draft.origins[field] = source
