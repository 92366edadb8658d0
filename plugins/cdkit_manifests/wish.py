"""What the manifests shall say, as enrichers read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from cdkit.api import Build, Project, Source
from cdkit_manifests.fragments.fragment import Fragment
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.resolve import Said
from cdkit_manifests.settings.types import Scalar


class Known(msgspec.Struct, frozen=True):
    """A value, and where it was said; the source is None where nobody said anything."""

    value: Any = None
    source: Source | None = None

    def __bool__(self) -> bool:
        return self.source is not None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifests shall say. Implements `cdkit.api.ManifestWish`.

    Attributes:
        name: the name of all objects; a DNS label.
        image: what to run, by digest.
        said: the settings, and where each was said.
        project: the facts.
        build: who builds, and which commit.
        environment: what the manifests are for; empty where there are no environments.
        kubernetes: the version that they are for.
        fragments: partial manifests, in the order in which they are merged.
        combined: manifests of others.
        folder: the project's folder.
        boundary: the folder above which no file is read.
    """

    name: str
    image: str
    said: Said
    project: Project
    build: Build
    kubernetes: tuple[int, int]
    environment: str = ""
    fragments: tuple[Fragment, ...] = ()
    combined: tuple[Fragment, ...] = ()
    folder: Path = Path()
    boundary: Path = Path()

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.said.settings

    @property
    def corrects_ports(self) -> bool:
        """Whether something was said of ports or probes. Then what the readers warn of need not be so any more."""
        return bool(self.settings.ports) or self.source("probes") is not None

    def source(self, *path: str) -> Source | None:
        """Where a setting was said; None where it was not."""
        return self.said.source(*path)

    def known(self, name: str) -> Known:
        """The project's own word about something that is both a setting and a fact, else what its metadata says."""
        source = self.source(name)
        if source is not None and getattr(self.settings, name) is not None:
            return Known(getattr(self.settings, name), source)
        return self.fact(name)

    def fact(self, name: str) -> Known:
        """What the project's metadata says."""
        found = self.project.fact(name)
        return Known() if found is None else Known(found.value, found.source)

    def config(self, enricher: str) -> Mapping[str, Scalar]:
        """What the settings say for one enricher."""
        return self.settings.enrichers.config.get(enricher, {})
