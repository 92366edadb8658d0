"""`generate-manifests`: a Deployment and a Service from a project's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from cdkit.api import Build, Change, InvalidInput, Problem, Project, Step, StepContext, StepOptions, StepOutputs
from cdkit_manifests.compose import compose
from cdkit_manifests.draft import Draft, Wish
from cdkit_manifests.names import object_name
from cdkit_manifests.readers import dockerfile, pyproject
from cdkit_manifests.writers import plain

Port = Annotated[int, Meta(ge=1, le=65535)]


class GenerateManifests(Step):
    """Generate Kubernetes manifests from the metadata that the project keeps anyway."""

    name = "generate-manifests"

    class Options(StepOptions, frozen=True, kw_only=True):
        """What the metadata cannot say, or what shall differ from it."""

        image: Annotated[
            str, Meta(min_length=1, description="The image to run; by digest, as push-to-registry gives it.")
        ]
        project: Annotated[str, Meta(description="The project's folder.")] = "."
        name: Annotated[str, Meta(description="The name of all objects; the project's own when left out.")] = ""
        port: Annotated[Port | None, Meta(description="The port that the application listens on.")] = None
        health: Annotated[str, Meta(description="The path that answers 200 while the application can serve.")] = ""
        replicas: Annotated[int | None, Meta(description="How many pods.")] = None
        env: Annotated[dict[str, str], Meta(description="Environment variables of the container.")] = {}
        output: Annotated[str, Meta(description="The file to write; in the run's own folder when left out.")] = ""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The manifests."""

        path: Annotated[str, Meta(description="The file that holds the manifests.")]
        name: Annotated[str, Meta(description="The name of the objects.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The metadata can be read, and says enough."""
        folder = ctx.path(self.options.project)
        if not folder.is_dir():
            yield Problem(f"The project folder of {ctx.step!r} does not exist: {self.options.project}")
            return
        try:
            self._wish(read_project(folder), Build())
        except InvalidInput as error:
            yield Problem(error.message, None, error.remedy)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The objects, and which fact came from where."""
        project = read_project(ctx.path(self.options.project))
        draft = compose(self._wish(project, Build()))
        facts = tuple(str(fact) for fact in project.facts.values())
        names = ", ".join(f"{item['kind']} {item['metadata']['name']}" for item in draft.in_apply_order)
        return [Change("write", names, details=facts)]

    def run(self, ctx: StepContext) -> Outputs:
        """Write the manifests to a file."""
        project = read_project(ctx.path(self.options.project))
        wish = self._wish(project, ctx.build)
        draft = compose(wish)
        self._tell(ctx, project, draft)
        path = ctx.path(self.options.output) if self.options.output else ctx.artifact("manifests.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(plain.write(draft.in_apply_order), encoding="utf-8")
        return self.Outputs(path=str(path), name=wish.name)

    def _tell(self, ctx: StepContext, project: Project, draft: Draft) -> None:
        for fact in project.facts.values():
            ctx.say(str(fact))
        for warning in draft.warnings:
            ctx.warn(warning)

    def _wish(self, project: Project, build: Build) -> Wish:
        options = self.options
        return Wish(
            name=self._name(project),
            image=options.image,
            project=project,
            build=build,
            port=options.port or _first_port(project),
            health=options.health or _health(project),
            replicas=project.get("replicas", 1) if options.replicas is None else options.replicas,
            env=options.env,
        )

    def _name(self, project: Project) -> str:
        given = self.options.name or project.get("name", "")
        name = object_name(given)
        if not name:
            what = f"{given!r} has no letter or digit" if given else f"{pyproject.FILE} has no `project.name`"
            remedy = "Say `name` under `with:`, or `name` in `[project]` of pyproject.toml."
            raise InvalidInput(f"The project has no name to give to its objects: {what}.", remedy=remedy)
        return name


def read_project(folder: Path) -> Project:
    """What all readers together know of a project; pyproject.toml wins over the Dockerfile."""
    return Project.of([*pyproject.read(folder), *dockerfile.read(folder)])


def _first_port(project: Project) -> int | None:
    ports = project.get("ports", ())
    return ports[0].number if ports else None


def _health(project: Project) -> str:
    readiness = project.get("readiness")
    return readiness.path if readiness else ""
