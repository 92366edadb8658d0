"""Manifests in the making as their enrichers see them, and what an enricher is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from cdkit.models.build import Build
from cdkit.models.kube import Manifest
from cdkit.models.project import Project, Source

AFTER_OURS = 500
"""Where an enricher of another plugin works unless it says otherwise: behind cdkit's own, and before fragments."""


class DraftPlace(Protocol):
    """A mapping in an object of a draft. What is written here can say where it came from."""

    @property
    def value(self) -> dict[str, Any]:
        """The mapping itself."""
        ...

    @property
    def kind(self) -> str:
        """The object's kind."""
        ...

    @property
    def name(self) -> str:
        """The object's name."""
        ...

    def at(self, *keys: str) -> DraftPlace:
        """A mapping further down; made where there is none."""
        ...

    def put(self, key: str, value: Any, source: Source | None = None) -> None:
        """Write a field over whatever it was."""
        ...

    def put_default(self, key: str, value: Any, source: Source | None = None) -> None:
        """Write a field where there is none yet."""
        ...

    def append(self, field: str, entry: Any, source: Source | None = None) -> None:
        """Add to a list in this mapping. An entry that is the same thing by Kubernetes' rules is replaced."""
        ...


class ManifestDraft(Protocol):
    """The objects of one application."""

    @property
    def objects(self) -> list[Manifest]:
        """All objects, in the order in which they were added."""
        ...

    def add(self, manifest: Manifest, source: Source | None = None) -> DraftPlace:
        """Add an object; gives the place to write on in it."""
        ...

    def find(self, kind: str, name: str) -> DraftPlace | None:
        """The object of a kind and a name, or None."""
        ...

    def warn(self, warning: str) -> None:
        """Tell a person something, once."""
        ...

    def refuse(self, message: str, source: Source | None = None, remedy: str | None = None) -> None:
        """Say that no manifests can be made, and why. All enrichers are asked before that ends the step."""
        ...

    @property
    def workload(self) -> DraftPlace:
        """The object that runs the application."""
        ...

    @property
    def template(self) -> DraftPlace:
        """The pod template."""
        ...

    @property
    def pod(self) -> DraftPlace:
        """The pod template's spec."""
        ...

    @property
    def container(self) -> DraftPlace:
        """The application's own container."""
        ...


class ManifestWish(Protocol):
    """What the manifests shall say."""

    @property
    def name(self) -> str:
        """The application's name, a DNS label."""
        ...

    @property
    def image(self) -> str:
        """The image to run."""
        ...

    @property
    def environment(self) -> str:
        """The environment that they are for; empty where there is none."""
        ...

    @property
    def kubernetes(self) -> tuple[int, int]:
        """The version of Kubernetes that they are for."""
        ...

    @property
    def project(self) -> Project:
        """The facts of the project."""
        ...

    @property
    def build(self) -> Build:
        """Who builds, and which commit."""
        ...

    def config(self, enricher: str) -> Mapping[str, str | int | float | bool]:
        """What the settings say for one enricher, under `enrichers.config`."""
        ...


class ManifestEnricher(msgspec.Struct, frozen=True):
    """One concern of manifests, and the function that writes it.

    Attributes:
        name: for people, to switch it on and off by; unique among all plugins.
        summary: what it writes, in one line.
        enrich: gets a `ManifestWish` and a `ManifestDraft`, and adds to the draft. Must not raise for what a user said
            wrongly, but `refuse`.
        order: those of a lower order work first; `cdkit step generate-manifests --explain` shows all of them.
    """

    name: str
    summary: str
    enrich: Callable[[Any, Any], None]
    order: int = AFTER_OURS
