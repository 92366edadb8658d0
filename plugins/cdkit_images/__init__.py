"""The image steps: build an image, and push it to a registry."""

from __future__ import annotations

from cdkit.api import Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `build-image` and `push-to-registry`."""
    from cdkit_images.build_image import BuildImage
    from cdkit_images.push_to_registry import PushToRegistry

    return [BuildImage, PushToRegistry]
