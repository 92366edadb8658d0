"""From a project's folder to finished manifests, as the step is told and as its run is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from cdkit.api import StepContext
from cdkit_manifests.assemble import Inputs, draft_manifests, environments
from cdkit_manifests.draft import Draft
from cdkit_manifests.explain import explain
from cdkit_manifests.finish import BASE, Demands, Finished, finish
from cdkit_manifests.options import GenerateOptions
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project
from cdkit_manifests.settings.own_word import read_own_word
from cdkit_manifests.versions.target import cluster_version, named_version, newest_version
from cdkit_manifests.versions.version import KubernetesVersion
from cdkit_manifests.wish import Wish
from cdkit_manifests.writers.write import FOLDERS


class Made(msgspec.Struct, frozen=True):
    """What was made of a project; of its base, where the form has all environments in it.

    Attributes:
        wish: what the manifests were to say.
        draft: how they were drafted.
        finished: the manifests.
    """

    wish: Wish
    draft: Draft
    finished: Finished


def make(options: GenerateOptions, ctx: StepContext) -> Made:
    """Make the manifests of a project; nothing is written.

    Raises:
        InvalidInput: with everything for which no manifests can be made.
    """
    version = _version(options, ctx)
    inputs = _inputs(options, ctx, version)
    several = options.format in FOLDERS
    wish, draft = draft_manifests(inputs, BASE if several else ctx.environment.name)
    for warning in (*inputs.own_word.notes, *_doubts(wish)):
        draft.warn(warning)
    names = environments(inputs) if several else ()
    drafts = {BASE: draft, **{name: draft_manifests(inputs, name)[1] for name in names}}
    demands = Demands(
        version=version,
        external=wish.settings.external,
        off=wish.settings.rules_off,
        # What stands for an image that is still to be built says nothing about that.
        release=_is_release(options, ctx) and "image" not in ctx.pending,
    )
    return Made(wish, draft, finish(wish, drafts, demands))


def told(options: GenerateOptions, ctx: StepContext, made: Made) -> Iterable[str]:
    """What a person should know of how it was made: each fact, or with `explain` all that was found."""
    if options.explain:
        return explain(made.wish, made.draft, ctx.extensions.manifest_enrichers())
    return [str(fact) for fact in made.wish.project.facts.values()]


def _inputs(options: GenerateOptions, ctx: StepContext, version: KubernetesVersion) -> Inputs:
    folder = ctx.path(options.project)
    boundary = _checkout(folder, ctx.workspace)
    files = DiskFolder(folder, boundary, ctx.build, dockerfile=options.dockerfile, stage=options.target)
    return Inputs(
        image=options.image,
        options=options,
        own_word=read_own_word(files, options.parameters),
        project=read_project(files, ctx.extensions.project_readers()),
        build=ctx.build,
        kubernetes=version,
        folder=folder,
        boundary=boundary,
        enrichers=ctx.extensions.manifest_enrichers(),
    )


def _version(options: GenerateOptions, ctx: StepContext) -> KubernetesVersion:
    if options.kubernetes_version:
        return named_version(options.kubernetes_version)
    # Even to have a cluster can fail, where none is configured.
    return cluster_version(lambda: ctx.cluster.version()) or newest_version()  # noqa: PLW0108


def _is_release(options: GenerateOptions, ctx: StepContext) -> bool:
    if options.release is None:
        return bool(ctx.environment.name or ctx.build.tag)
    return options.release


def _doubts(wish: Wish) -> tuple[str, ...]:
    """What the readers found doubtful or missing, which is ports and probes."""
    return () if wish.corrects_ports else wish.project.warnings


def _checkout(folder: Path, workspace: Path) -> Path:
    """The folder above which nothing is read: the repository's, else the pipeline file's, else the project's own."""
    repository = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    return repository or (workspace if folder.is_relative_to(workspace) else folder)
