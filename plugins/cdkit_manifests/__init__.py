"""The manifest step: Kubernetes objects from what a project already says about itself."""

from __future__ import annotations

from cdkit.api import Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `generate-manifests`."""
    from cdkit_manifests.generate import GenerateManifests

    return [GenerateManifests]
