"""`generate-manifests`: Kubernetes objects from a project's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, InvalidInput, Problem, Step, StepContext, StepOutputs, WorldFailed
from cdkit_manifests.assemble import Inputs, draft_manifests
from cdkit_manifests.draft import Draft
from cdkit_manifests.explain import explain
from cdkit_manifests.live import selector_problems
from cdkit_manifests.output import write_text
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.own_word import read_own_word
from cdkit_manifests.versions.version import KubernetesVersion
from cdkit_manifests.wish import Wish
from cdkit_manifests.writers import plain

NEWEST = KubernetesVersion(1, 37)


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
        output: Annotated[str, Meta(description="The file to write; in the run's own folder when left out.")] = ""
        explain: Annotated[bool, Meta(description="Say where everything comes from, and what else was found.")] = False

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The manifests."""

        path: Annotated[str, Meta(description="The file that holds the manifests.")]
        name: Annotated[str, Meta(description="The name of the application's objects.")]
        objects: Annotated[list[str], Meta(description="The objects, as KIND/NAME, in the order to apply them.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The metadata can be read and says enough, and what is in the cluster already can be changed to it."""
        if not ctx.path(self.options.project).is_dir():
            yield Problem(f"The project folder of {ctx.step!r} does not exist: {self.options.project}")
            return
        try:
            _, draft = self._draft(ctx)
        except InvalidInput as error:
            yield from error.problems or [Problem(error.message, None, error.remedy)]
            return
        yield from selector_problems(ctx, draft)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The objects, and which fact came from where."""
        wish, draft = self._draft(ctx)
        facts = tuple(str(fact) for fact in wish.project.facts.values())
        names = ", ".join(f"{item['kind']} {item['metadata']['name']}" for item in draft.in_apply_order)
        return [Change("write", names, details=facts)]

    def run(self, ctx: StepContext) -> Outputs:
        """Write the manifests to a file.

        Raises:
            InvalidInput: no manifests can be made of what the project says.
        """
        wish, draft = self._draft(ctx)
        self._tell(ctx, wish, draft)
        path = ctx.path(self.options.output) if self.options.output else ctx.artifact("manifests.yaml")
        write_text(path, plain.write(draft.in_apply_order), is_secret=_holds_secrets(draft))
        objects = [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in draft.in_apply_order]
        return self.Outputs(path=str(path), name=wish.name, objects=objects)

    def _draft(self, ctx: StepContext) -> tuple[Wish, Draft]:
        folder = ctx.path(self.options.project)
        boundary = _checkout(folder, ctx.workspace)
        files = DiskFolder(folder, boundary, ctx.build, dockerfile=self.options.dockerfile, stage=self.options.target)
        own_word = read_own_word(files)
        inputs = Inputs(
            image=self.options.image,
            options=self.options,
            own_word=own_word,
            project=read_project(files, ctx.extensions.project_readers()),
            build=ctx.build,
            kubernetes=_version(ctx),
            folder=folder,
            boundary=boundary,
            enrichers=ctx.extensions.manifest_enrichers(),
        )
        wish, draft = draft_manifests(inputs, ctx.environment.name)
        for warning in (*own_word.notes, *_warnings(wish)):
            draft.warn(warning)
        return wish, draft

    def _tell(self, ctx: StepContext, wish: Wish, draft: Draft) -> None:
        lines = explain(wish, draft, ctx.extensions.manifest_enrichers()) if self.options.explain else _facts(wish)
        for line in lines:
            ctx.say(line)
        for warning in draft.warnings:
            ctx.warn(warning)


def _version(ctx: StepContext) -> KubernetesVersion:
    """The version of the cluster, where there is one; else the newest."""
    try:
        return KubernetesVersion.parse(ctx.cluster.version())
    except (WorldFailed, InvalidInput):
        return NEWEST


def _facts(wish: Wish) -> Iterable[str]:
    return (str(fact) for fact in wish.project.facts.values())


def _warnings(wish: Wish) -> tuple[str, ...]:
    """What the readers found doubtful or missing, which is ports and probes."""
    return () if wish.corrects_ports else wish.project.warnings


def _holds_secrets(draft: Draft) -> bool:
    return any(item["kind"] == "Secret" for item in draft.objects)


def _checkout(folder: Path, workspace: Path) -> Path:
    """The folder above which nothing is read: the repository's, else the pipeline file's, else the project's own."""
    repository = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    return repository or (workspace if folder.is_relative_to(workspace) else folder)
