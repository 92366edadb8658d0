"""From a project to the drafts of its manifests: one for each environment that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from cdkit.api import Build, InvalidInput, ManifestEnricher, Project
from cdkit_manifests.compose import compose
from cdkit_manifests.draft import Draft
from cdkit_manifests.fragments.combined import combined
from cdkit_manifests.fragments.folder import environments_of, folder_of, fragments_of
from cdkit_manifests.names import object_name
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.own_word import OwnWord
from cdkit_manifests.settings.resolve import Said, resolve
from cdkit_manifests.versions.version import KubernetesVersion
from cdkit_manifests.wish import Wish


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """All that manifests are made of.

    Attributes:
        image: the image to run.
        options: what the step was told.
        own_word: what the project's files say of its manifests.
        project: what the project's metadata says.
        build: who builds, and which commit.
        kubernetes: the version that the manifests are for.
        folder: the project's folder.
        boundary: the folder above which no file is read.
        enrichers: all that there are, in their order.
    """

    image: str
    options: Settings
    own_word: OwnWord
    project: Project
    build: Build
    kubernetes: KubernetesVersion
    folder: Path
    boundary: Path
    enrichers: Sequence[ManifestEnricher]


def environments(inputs: Inputs) -> tuple[str, ...]:
    """The environments of which the project says something of its own, in settings or by fragments.

    Raises:
        InvalidInput: the settings are wrong.
    """
    said = resolve(inputs.own_word.words, "", inputs.options)
    folder = folder_of(inputs.folder, inputs.boundary, said.settings.fragments)
    found = (*said.environments, *environments_of(inputs.folder, inputs.boundary, folder))
    return tuple(dict.fromkeys(found))


def draft_manifests(inputs: Inputs, environment: str) -> tuple[Wish, Draft]:
    """What the manifests for an environment shall say, and the draft of them.

    Args:
        inputs: all that they are made of.
        environment: its name; empty for what holds in all of them.

    Raises:
        InvalidInput: with everything for which no manifests can be made.
    """
    wish = make_wish(inputs, environment)
    return wish, compose(wish, inputs.enrichers)


def make_wish(inputs: Inputs, environment: str) -> Wish:
    """What the manifests for an environment shall say.

    Raises:
        InvalidInput: settings or fragments are wrong, or the application has no name.
    """
    said = resolve(inputs.own_word.words, environment, inputs.options)
    settings = said.settings
    wish = Wish(
        name=_name(said, inputs.project),
        image=inputs.image,
        said=said,
        project=inputs.project,
        build=inputs.build,
        kubernetes=(inputs.kubernetes.major, inputs.kubernetes.minor),
        environment=environment,
        folder=inputs.folder,
        boundary=inputs.boundary,
    )
    values = _parameters(wish)
    folder = folder_of(inputs.folder, inputs.boundary, settings.fragments)
    return msgspec.structs.replace(
        wish,
        fragments=fragments_of(inputs.folder, inputs.boundary, folder, environment, values),
        combined=combined(inputs.folder, inputs.boundary, settings.combine, values),
    )


def _name(said: Said, project: Project) -> str:
    """The name that was said, which must be a legal one, else one that is made of the project's own.

    Raises:
        InvalidInput: there is none.
    """
    if said.settings.name:
        if object_name(said.settings.name) == said.settings.name:
            return said.settings.name
        advice = object_name(said.settings.name)
        raise InvalidInput(
            f"{said.settings.name!r} ({said.source('name')}) cannot be the name of objects in Kubernetes.",
            remedy=f"Use {advice!r}." if advice else "Use lower case letters, digits and dashes.",
        )
    fact = project.fact("name")
    name = object_name(fact.value) if fact is not None else ""
    if name:
        return name
    if fact is not None:
        what = f"{fact.value!r} ({fact.source}) has no letter or digit that a name can have"
    else:
        what = f"none of {', '.join(project.looked_for)} says one" if project.looked_for else "nothing says one"
    remedy = "Say `name` under `with:`, or under `manifests:` in cdkit.yaml."
    raise InvalidInput(f"The project has no name to give to its objects: {what}.", remedy=remedy)


def _parameters(wish: Wish) -> dict[str, str]:
    """What `${NAME}` stands for: what is known anyway, and what was said. The first names are those of Maven."""
    known = {
        "project.artifactId": wish.name,
        "project.name": wish.name,
        "project.version": str(wish.known("version").value or ""),
        "project.description": str(wish.known("description").value or ""),
        "image": wish.image,
        "environment": wish.environment,
        "build.commit": wish.build.commit,
        "build.branch": wish.build.branch,
        "build.tag": wish.build.tag,
    }
    return known | wish.settings.parameters
