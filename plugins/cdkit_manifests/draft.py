"""Manifests in the making: what enrichers write to, and where each value came from."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Build, Manifest, Project, Source
from cdkit_manifests.apply_order import in_apply_order
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.identity import identity, step_name

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
"""The kinds that run the application's pods."""


class Draft(msgspec.Struct):
    """The objects of one application. Enrichers add to it, each in its turn.

    Attributes:
        objects: all objects, in the order in which they were added.
        warnings: what a person should know: what is missing, and what was decided for want of knowledge.
        origins: where fields came from that were not invented here; what stands below such a field comes from there
            too, unless it has an origin of its own.
    """

    objects: list[Manifest] = []
    warnings: list[str] = []
    origins: dict[Field, Source] = {}

    def add(self, manifest: Manifest) -> Place:
        """Add an object; gives the place to write on in it."""
        self.objects.append(manifest)
        return self.place(manifest)

    def place(self, manifest: Manifest) -> Place:
        """An object of the draft, as a place to write in."""
        return Place(self, manifest, manifest, ())

    def find(self, kind: str, name: str) -> Place | None:
        """The object of a kind and a name, or None."""
        found = (item for item in self.objects if item["kind"] == kind and item["metadata"]["name"] == name)
        item = next(found, None)
        return None if item is None else self.place(item)

    def warn(self, warning: str) -> None:
        """Tell a person something, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

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


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifests shall say, after the step's options and the project's facts were put together.

    Attributes:
        name: the name of all objects; a DNS label.
        image: what to run, by digest.
        project: the facts.
        build: the commit, for annotations.
        port: the port that the application listens on; None when it listens on none.
        health: the path that answers 200 while the application can serve; empty when there is none.
        replicas: how many pods.
        env: environment variables of the container.
    """

    name: str
    image: str
    project: Project
    build: Build
    port: int | None = None
    health: str = ""
    replicas: int = 1
    env: dict[str, str] = {}
