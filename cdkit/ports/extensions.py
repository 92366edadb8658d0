"""What plugins bring beside steps, for the steps that work with it."""

from __future__ import annotations

from typing import Protocol

from cdkit.ports.manifest_draft import ManifestEnricher
from cdkit.ports.project_folder import ProjectReader


class Extensions(Protocol):
    """What all plugins of a run bring together. It is asked of them when a step wants to know."""

    def project_readers(self) -> list[ProjectReader]:
        """The readers of project metadata, in their order.

        Raises:
            StepBroken: a plugin brings something that is none.
        """
        ...

    def manifest_enrichers(self) -> list[ManifestEnricher]:
        """The enrichers of manifests, in their order.

        Raises:
            StepBroken: a plugin brings something that is none.
        """
        ...
