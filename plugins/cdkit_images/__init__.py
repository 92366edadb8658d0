"""The image steps: build an image, push it to a registry, and promote it to others."""

from __future__ import annotations

from cdkit.api import Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `build-image`, `push-to-registry` and `promote`."""
    from cdkit_images.build_image import BuildImage
    from cdkit_images.promote import Promote
    from cdkit_images.push_to_registry import PushToRegistry

    return [BuildImage, PushToRegistry, Promote]
