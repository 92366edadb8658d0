"""Manifests in the making: what enrichers read, and what they write to."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Build, Manifest, Project


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


class Draft(msgspec.Struct):
    """The objects of one application. Enrichers add to it, each in its turn.

    Attributes:
        deployment: the workload.
        service: its address inside the cluster; None when the application listens on no port.
        warnings: what a person should know about what is missing.
    """

    deployment: Manifest
    service: Manifest | None = None
    warnings: list[str] = []

    @property
    def objects(self) -> list[Manifest]:
        """All objects, in the order in which they can be applied."""
        return [self.deployment] if self.service is None else [self.service, self.deployment]

    @property
    def pod(self) -> dict[str, Any]:
        """The pod template's spec."""
        spec: dict[str, Any] = self.deployment["spec"]["template"]["spec"]
        return spec

    @property
    def container(self) -> dict[str, Any]:
        """The application's container."""
        container: dict[str, Any] = self.pod["containers"][0]
        return container
