"""`generate-manifests`: Kubernetes objects from a project's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, InvalidInput, Problem, Step, StepContext, StepOutputs
from cdkit_manifests.assemble import Inputs, draft_manifests, environments
from cdkit_manifests.draft import Draft
from cdkit_manifests.explain import explain
from cdkit_manifests.finish import BASE, Demands, Finished, finish
from cdkit_manifests.live import selector_problems
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.own_word import read_own_word
from cdkit_manifests.versions.target import cluster_version, named_version, newest_version
from cdkit_manifests.versions.version import KubernetesVersion
from cdkit_manifests.wish import Wish
from cdkit_manifests.writers import Format
from cdkit_manifests.writers.write import DEFAULT_NAMES, FOLDERS, write_bundle
from cdkit_manifests.writers.writer import files_of


class GenerateManifests(Step):
    """Generate Kubernetes manifests from the metadata that the project keeps anyway."""

    name = "generate-manifests"

    class Options(Settings, frozen=True, kw_only=True):
        """What the metadata cannot say, or what shall differ from it."""

        image: Annotated[
            str, Meta(min_length=1, description="The image to run; by digest, as push-to-registry gives it.")
        ]
        project: Annotated[str, Meta(description="The project's folder.")] = "."
        dockerfile: Annotated[str, Meta(description="The Dockerfile of the image, from the project's folder.")] = ""
        target: Annotated[str, Meta(description="The stage of it that the image is; the last one when left out.")] = ""
        format: Annotated[
            Format,
            Meta(description="Plain YAML, a List in JSON, or with all environments a Kustomize tree or a Helm chart."),
        ] = "yaml"
        output: Annotated[
            str, Meta(description="The file or folder to write; in the run's own folder when left out.")
        ] = ""
        kubernetes_version: Annotated[
            str, Meta(description="What they are for, like 1.29; the cluster's, else the newest, when left out.")
        ] = ""
        release: Annotated[
            bool | None,
            Meta(description="No image may change by itself; so for an environment and a tag when left out."),
        ] = None
        explain: Annotated[bool, Meta(description="Say where everything comes from, and what else was found.")] = False

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The manifests."""

        path: Annotated[str, Meta(description="The file or folder that holds the manifests.")]
        name: Annotated[str, Meta(description="The name of the application's objects.")]
        objects: Annotated[list[str], Meta(description="The objects, as KIND/NAME, in the order to apply them.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The metadata say enough, the manifests are right, and what is in the cluster already can become them."""
        if not ctx.path(self.options.project).is_dir():
            yield Problem(f"The project folder of {ctx.step!r} does not exist: {self.options.project}")
            return
        try:
            _, draft, finished = self._finished(ctx)
            files_of(finished.bundle, self.options.format)
        except InvalidInput as error:
            yield from error.problems or [Problem(error.message, None, error.remedy)]
            return
        yield from finished.problems
        yield from selector_problems(ctx, draft)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The objects, and which fact came from where."""
        wish, draft, _ = self._finished(ctx)
        facts = tuple(str(fact) for fact in wish.project.facts.values())
        names = ", ".join(f"{item['kind']} {item['metadata']['name']}" for item in draft.in_apply_order)
        return [Change("write", names, details=facts)]

    def run(self, ctx: StepContext) -> Outputs:
        """Write the manifests.

        Raises:
            InvalidInput: no manifests can be made of what the project says, or they would be wrong.
        """
        wish, draft, finished = self._finished(ctx)
        if finished.problems:
            raise InvalidInput(f"The manifests of {wish.name} would be wrong.", problems=finished.problems)
        self._tell(ctx, wish, draft, finished)
        default = ctx.artifact(DEFAULT_NAMES[self.options.format])
        path = ctx.path(self.options.output) if self.options.output else default
        for name in write_bundle(finished.bundle, self.options.format, path):
            ctx.say(f"removed {name}, which an earlier generation had made")
        objects = [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in finished.bundle.objects]
        return self.Outputs(path=str(path), name=wish.name, objects=objects)

    def _finished(self, ctx: StepContext) -> tuple[Wish, Draft, Finished]:
        """What the manifests were to say, their draft, and the manifests; of the base where a form has them all."""
        version = self._version(ctx)
        inputs = self._inputs(ctx, version)
        several = self.options.format in FOLDERS
        wish, draft = draft_manifests(inputs, BASE if several else ctx.environment.name)
        for warning in (*inputs.own_word.notes, *_warnings(wish)):
            draft.warn(warning)
        names = environments(inputs) if several else ()
        drafts = {BASE: draft, **{name: draft_manifests(inputs, name)[1] for name in names}}
        demands = Demands(
            version=version,
            external=wish.settings.external,
            off=wish.settings.rules_off,
            release=self._is_release(ctx) and "image" not in ctx.pending,
        )
        return wish, draft, finish(wish, drafts, demands)

    def _inputs(self, ctx: StepContext, version: KubernetesVersion) -> Inputs:
        folder = ctx.path(self.options.project)
        boundary = _checkout(folder, ctx.workspace)
        files = DiskFolder(folder, boundary, ctx.build, dockerfile=self.options.dockerfile, stage=self.options.target)
        return Inputs(
            image=self.options.image,
            options=self.options,
            own_word=read_own_word(files),
            project=read_project(files, ctx.extensions.project_readers()),
            build=ctx.build,
            kubernetes=version,
            folder=folder,
            boundary=boundary,
            enrichers=ctx.extensions.manifest_enrichers(),
        )

    def _version(self, ctx: StepContext) -> KubernetesVersion:
        if self.options.kubernetes_version:
            return named_version(self.options.kubernetes_version)
        # Even to have a cluster can fail, where none is configured.
        return cluster_version(lambda: ctx.cluster.version()) or newest_version()  # noqa: PLW0108

    def _is_release(self, ctx: StepContext) -> bool:
        if self.options.release is None:
            return bool(ctx.environment.name or ctx.build.tag)
        return self.options.release

    def _tell(self, ctx: StepContext, wish: Wish, draft: Draft, finished: Finished) -> None:
        lines = explain(wish, draft, ctx.extensions.manifest_enrichers()) if self.options.explain else _facts(wish)
        for line in lines:
            ctx.say(line)
        for warning in finished.warnings:
            ctx.warn(warning)


def _facts(wish: Wish) -> Iterable[str]:
    return (str(fact) for fact in wish.project.facts.values())


def _warnings(wish: Wish) -> tuple[str, ...]:
    """What the readers found doubtful or missing, which is ports and probes."""
    return () if wish.corrects_ports else wish.project.warnings


def _checkout(folder: Path, workspace: Path) -> Path:
    """The folder above which nothing is read: the repository's, else the pipeline file's, else the project's own."""
    repository = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    return repository or (workspace if folder.is_relative_to(workspace) else folder)
