"""The manifest step: Kubernetes objects from what a project already says about itself."""

from __future__ import annotations

from cdkit.api import ManifestEnricher, ProjectReader, Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `generate-manifests`."""
    from cdkit_manifests.generate import GenerateManifests

    return [GenerateManifests]


@hookimpl
def cdkit_register_project_readers() -> list[ProjectReader]:
    """Bring the readers of the usual kinds of projects."""
    from cdkit_manifests.readers import own_readers

    return own_readers()


@hookimpl
def cdkit_register_manifest_enrichers() -> list[ManifestEnricher]:
    """Bring the enrichers of cdkit itself."""
    from cdkit_manifests.enrichers.own import OWN_ENRICHERS

    return list(OWN_ENRICHERS)
