"""The options of `generate-manifests`: the settings, and what a project does not say of itself."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cdkit_manifests.settings.model import Settings
from cdkit_manifests.writers import Format


class GenerateOptions(Settings, frozen=True, kw_only=True):
    """What the metadata cannot say, or what shall differ from it."""

    image: Annotated[str, Meta(min_length=1, description="The image to run; by digest, as push-to-registry gives it.")]
    project: Annotated[str, Meta(description="The project's folder.")] = "."
    dockerfile: Annotated[str, Meta(description="The Dockerfile of the image, from the project's folder.")] = ""
    target: Annotated[str, Meta(description="The stage of it that the image is; the last one when left out.")] = ""
    format: Annotated[
        Format,
        Meta(description="Plain YAML, a List in JSON, or with all environments a Kustomize tree or a Helm chart."),
    ] = "yaml"
    output: Annotated[str, Meta(description="The file or folder to write; in the run's own folder when left out.")] = ""
    kubernetes_version: Annotated[
        str, Meta(description="What they are for, like 1.29; the cluster's, else the newest, when left out.")
    ] = ""
    release: Annotated[
        bool | None,
        Meta(description="No image may change by itself; so for an environment and a tag when left out."),
    ] = None
    explain: Annotated[bool, Meta(description="Say where everything comes from, and what else was found.")] = False
