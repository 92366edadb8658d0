"""From what was found of a project to the steps of a pipeline, each with the reason why it is there, or not yet."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from cdkit.scaffold.language import Command
from cdkit.scaffold.project import DOCKERFILE, Project


class DraftStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the file.

    Attributes:
        name: its name.
        uses: its kind.
        options: what stands under `with`.
        why: what it was made of, or what it is good for.
        needs: the steps before it that it reads nothing of.
        when: an expression; empty for always.
        missing: what has to be there before the step can work; it is written as a comment then.
    """

    name: str
    uses: str
    options: Mapping[str, str]
    why: str
    needs: tuple[str, ...] = ()
    when: str = ""
    missing: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A pipeline file before it is written."""

    name: str
    steps: tuple[DraftStep, ...]


def draft(project: Project) -> Draft:
    """The steps that fit a project. Without anything to go by: one that does nothing, as a place to begin."""
    steps = _language_steps(project)
    if project.has_dockerfile:
        steps += _image_steps(project, tuple(step.name for step in steps if step.name.startswith("test")))
    return Draft(project.name.value, steps or (_BEGINNING,))


_BEGINNING = DraftStep(
    name="hello",
    uses="run",
    options={"command": "echo Put the command here that builds or tests the project"},
    why="Neither tests nor a Dockerfile were found; replace this by what the project needs.",
)


def _language_steps(project: Project) -> tuple[DraftStep, ...]:
    steps: list[DraftStep] = []
    tested = [language for language in project.languages if language.test]
    for language in tested:
        suffix = f"-{language.name}" if len(tested) > 1 else ""
        install = f"install{suffix}"
        if language.install:
            steps.append(_command_step(install, language.install))
        if language.test:
            steps.append(_command_step(f"test{suffix}", language.test, needs=(install,) if language.install else ()))
    return tuple(steps)


def _command_step(name: str, command: Command, needs: tuple[str, ...] = ()) -> DraftStep:
    return DraftStep(
        name=name, uses="run", options={"command": command.line}, why=f"From {command.source}.", needs=needs
    )


def _image_steps(project: Project, tests: tuple[str, ...]) -> tuple[DraftStep, ...]:
    repository = project.repository.value or _image_name(project.name.value)
    when = f"${{{{ build.branch == '{project.branch.value}' }}}}" if project.branch.value else ""
    source = f"{DOCKERFILE}, named after {project.repository.source}" if project.repository.value else DOCKERFILE
    image = DraftStep(
        name="image",
        uses="build-image",
        options={"repository": repository},
        why=f"From {source}. The tag comes from the image's content.",
        needs=tests,
    )
    push = DraftStep(
        name="push",
        uses="push-to-registry",
        options={"image": "${{ steps.image.image }}"},
        why="Gives the image by its digest, which is what to deploy.",
        when=when,
        missing=_missing_for_push(project),
    )
    return (image, push, *_deployment_steps(project, when))


def _image_name(name: str) -> str:
    """A name that the engine takes: it allows single separators only."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _missing_for_push(project: Project) -> str:
    registry = project.repository.value.partition("/")[0]
    if not registry:
        return "a registry: put its host before the repository above, as in registry.example.com/team/app"
    return "" if project.has_login else f"a login: docker login {registry}"


def _deployment_steps(project: Project, when: str) -> tuple[DraftStep, ...]:
    missing = "a cluster, and the image in a registry: which cluster is said under `environments` above"
    manifests = DraftStep(
        name="manifests",
        uses="generate-manifests",
        options={"image": "${{ steps.push.image }}", "name": project.name.value},
        why="A Deployment and a Service.",
        when=when,
        missing=missing,
    )
    release = DraftStep(
        name="release",
        uses="rolling-update",
        options={"manifests": "${{ steps.manifests.path }}"},
        why="Watches the rollout, and puts everything back when it fails.",
        when=when,
        missing=missing,
    )
    return (manifests, release)
