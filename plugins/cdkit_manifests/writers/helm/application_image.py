"""The image that the application runs: one group of values for all containers that run it."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import ImageReference, Manifest
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.pods import template_of
from cdkit_manifests.writers.helm.settable import Settable
from cdkit_manifests.writers.helm.variants import BASE

IMAGE = "image"
"""The group of values."""

COMMENT = {
    "repository": "The image of the application, without tag and digest",
    "tag": "Its tag",
    "digest": "Its digest, which decides where there is one: make it empty to run a tag",
}

_TEMPLATE = """\
{{/* The image that the application runs. */}}
{{- define "CHART.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ with .tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}
{{- end }}
"""


def helpers(chart: str) -> str:
    """The text of `templates/_helpers.tpl`; charts share the names in it, so they begin with this one's."""
    return _TEMPLATE.replace("CHART", chart)


def expression(chart: str) -> str:
    """What gives the image in a template."""
    return f'include "{chart}.image" .'


class ApplicationImage(msgspec.Struct, frozen=True):
    """The image that the application runs.

    Attributes:
        by_environment: the reference; empty where nothing can be said about the application's image.
    """

    by_environment: dict[str, str]

    @classmethod
    def of(cls, bundle: Bundle) -> ApplicationImage:
        """The image of the first container of the first object that runs pods."""
        sets = {BASE: bundle.objects, **bundle.environments}
        images = {environment: _first_image(objects) for environment, objects in sets.items()}
        known = all(image and str(ImageReference.parse(image)) == image for image in images.values())
        return cls(images if known else {})

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """By the names of the values, what each is in every environment."""
        parsed = {environment: ImageReference.parse(image) for environment, image in self.by_environment.items()}
        if not parsed:
            return {}
        return {name: {key: getattr(reference, name) for key, reference in parsed.items()} for name in COMMENT}

    def is_of(self, field: Settable) -> bool:
        """Whether a field is an image, and always the application's."""
        if field.keys[-1] != IMAGE or not self.by_environment:
            return False
        return all(self.by_environment[environment] == image for environment, image in field.values.items())


def _first_image(objects: Any) -> str:
    for item in objects:
        template = template_of(item)
        if template is not None:
            return _image(template)
    return ""


def _image(template: Manifest) -> str:
    containers = template["spec"].get("containers") or [{}]
    return str(containers[0].get("image", ""))
