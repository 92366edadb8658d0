"""`build-image`, on an engine in memory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cdkit.errors import BuildFailed, Cancelled, CheckFailed, WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.event import StepProgress
from cdkit.models.image_build import Builder
from cdkit.testing import FakeImageEngine, FakeWorld, StepRun, run_step
from cdkit_images.build_image import BuildImage

REPOSITORY = "registry.example/shop"
BUILD = Build(
    commit="860c1904a1ce19322e91ac35af1ab07466440c37",
    branch="feature/x",
    repository="git@github.com:team/shop.git",
    commit_time=1_700_000_000,
)
BUILDKIT = Builder(name="buildkit", via="docker buildx 0.12.1 (driver docker)", abilities=frozenset({"mounts", "ssh"}))


class Project:
    """A folder with a Dockerfile, and an engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = FakeImageEngine()
        self.write("Dockerfile", "FROM scratch\nCOPY src /src\n")
        self.write("src/main.py", "print('hello')\n")

    def write(self, path: str, content: str) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)

    def build(self, **options: Any) -> StepRun:
        return run_step(
            BuildImage,
            {"repository": REPOSITORY, **options},
            world=FakeWorld(images=self.engine),
            workspace=self.folder,
            build=BUILD,
        )

    def problems(self, **options: Any) -> list[str]:
        return [str(problem) for problem in self.build(**options).problems]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


# Building


def test_an_image_is_named_by_its_content(project: Project) -> None:
    outputs = project.build().outputs
    assert re.fullmatch(rf"{REPOSITORY}:[0-9a-f]{{16}}", outputs.image)
    assert project.engine.image_id(outputs.image) == outputs.id


def test_every_option_reaches_the_engine(project: Project) -> None:
    project.engine.available = (BUILDKIT,)
    project.write("token", "hush")
    project.write("deploy/Dockerfile", "FROM scratch AS prod\nCOPY src /src\nRUN --mount=type=secret,id=a true\n")
    project.build(
        context="src",
        dockerfile="deploy/Dockerfile",
        target="prod",
        args={"A": "1"},
        labels={"team": "shop"},
        platforms=["linux/arm64"],
        secrets={"a": "value"},
        secret_files={"b": "token"},
        ssh=["a=/key"],
        cache_from=["type=registry,ref=registry.example/cache:1", "registry.example/other"],
        cache_to=["type=inline"],
        no_cache=True,
        pull=True,
        network="host",
        extra_hosts={"db": "10.0.0.1"},
    )
    (request,) = project.engine.builds
    assert request.builder == "buildkit"
    assert request.context == str(project.folder / "src")
    assert request.dockerfile == str(project.folder / "deploy" / "Dockerfile")
    assert (request.target, request.args, request.platforms) == ("prod", {"A": "1"}, ("linux/arm64",))
    assert (request.no_cache, request.pull, request.network) == (True, True, "host")
    assert request.cache_from == ("registry.example/cache:1", "registry.example/other")
    assert (request.cache_to, request.ssh, request.extra_hosts) == (("type=inline",), ("a=/key",), {"db": "10.0.0.1"})
    assert [(secret.id, secret.value, secret.file) for secret in request.secrets] == [
        ("a", "value", ""),
        ("b", "", str(project.folder / "token")),
    ]
    assert request.labels["team"] == "shop"
    assert request.epoch == 1_700_000_000


def test_the_classic_builder_gets_only_what_the_dockerfile_can_see(project: Project) -> None:
    project.write("large/file", "x")
    project.write("src/notes.md", "x")
    project.write(".dockerignore", "**/*.md\n")
    project.build()
    assert project.engine.builds[0].files == ("src", "src/main.py")


def test_the_whole_context_is_read_on_demand(project: Project) -> None:
    project.write("large/file", "x")
    project.build(whole_context=True)
    assert project.engine.builds[0].files == ("Dockerfile", "large", "large/file", "src", "src/main.py")


def test_the_time_of_the_commit_reaches_a_dockerfile_that_asks_for_it(project: Project) -> None:
    project.write("Dockerfile", "FROM scratch\nARG SOURCE_DATE_EPOCH\n")
    project.build()
    assert project.engine.builds[0].args == {"SOURCE_DATE_EPOCH": "1700000000"}


def test_progress_is_told_for_each_stage(project: Project) -> None:
    project.write("Dockerfile", "ARG A\nFROM scratch AS build\nCOPY src /src\nFROM scratch\nCOPY --from=build / /\n")
    told = [(each.item, each.current, each.total) for each in project.build().of(StepProgress)]
    assert told[2:] == [
        ("build", 0, 2),
        ("build", 1, 2),
        ("build", 1, 2),
        ("build", 2, 2),
        ("stage-1", 0, 2),
        ("stage-1", 1, 2),
        ("stage-1", 1, 2),
        ("stage-1", 2, 2),
    ]


def test_a_failed_instruction_is_told_with_its_line_and_last_output(project: Project) -> None:
    project.write("Dockerfile", "# comment\nFROM scratch\n\nCOPY src /src\nRUN make test\n")
    project.engine.failing["RUN make test"] = 2
    project.engine.output = ["test_shop failed"]
    error = project.build().error
    assert isinstance(error, BuildFailed)
    assert error.message.startswith("Dockerfile:5: `RUN make test` failed: ")
    assert error.evidence == ("test_shop failed",)


def test_a_cancel_reaches_the_engine(project: Project) -> None:
    cancellation = Cancellation()
    cancellation.cancel(Cancelled())
    run = run_step(
        BuildImage,
        {"repository": REPOSITORY},
        world=FakeWorld(images=project.engine),
        workspace=project.folder,
        cancellation=cancellation,
    )
    assert isinstance(run.error, Cancelled)


# Labels and tags


def test_an_image_says_where_it_comes_from(project: Project) -> None:
    project.write("pyproject.toml", '[project]\nname = "shop"\nversion = "1.2.3"\nlicense = "MIT"\n')
    project.write("Dockerfile", "FROM registry.example/base:1 AS a\nFROM a\n")
    project.engine.registry["registry.example/base:1"] = "sha256:base"
    project.build(labels={"org.opencontainers.image.title": "My shop"})
    prefix = "org.opencontainers.image."
    assert {name.removeprefix(prefix): value for name, value in project.engine.builds[0].labels.items()} == {
        "title": "My shop",
        "version": "1.2.3",
        "licenses": "MIT",
        "revision": BUILD.commit,
        "source": "https://github.com/team/shop",
        "created": "2023-11-14T22:13:20Z",
        "base.name": "registry.example/base:1",
        "base.digest": "sha256:base",
    }


def test_tags_are_handed_on_and_what_was_changed_is_said(project: Project) -> None:
    run = project.build(tags=["type=ref,event=branch", "type=sha"], flavor={"prefix": "web-"})
    assert run.outputs.tags == ["web-feature-x", "sha-860c190"]
    assert "'web-feature/x' is no legal tag; it becomes 'web-feature-x'." in run.lines
    assert run.changes[0].details == (
        "nothing is known here of an earlier build",
        "tag web-feature-x",
        "tag sha-860c190",
    )


# What a check finds


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repository": "registry.example/shop:1"}, "has a tag or a digest"),
        ({"context": "nowhere"}, "context of 'build-image' does not exist: nowhere"),
        ({"dockerfile": "Dockerfile.prod"}, "does not exist: Dockerfile.prod"),
        ({"target": "prod"}, "has no stage 'prod'"),
        ({"tags": ["type=nothing"]}, "no type 'nothing'"),
        ({"secret_files": {"a": "nowhere"}}, "secret 'a' of 'build-image' does not exist: nowhere"),
        ({"ssh": ["default"]}, "needs an SSH agent"),
        ({"args": {"NPM_TOKEN": "0123456789abcdef"}}, "argument NPM_TOKEN holds a secret"),
        (
            {"secrets": {"a": "b"}},
            "`secrets` is more than the classic builder of a fake can do.",
        ),
        ({"backend": "buildkit"}, "needs a Docker client that speaks BuildKit"),
        ({"platforms": ["linux/amd64", "linux/arm64"]}, "Give one platform"),
        ({"cache_to": ["type=local,dest=x"]}, "`cache_to: type=local,dest=x`"),
    ],
)
def test_a_mistake_is_found_before_anything_is_built(project: Project, options: dict[str, Any], message: str) -> None:
    found = project.problems(**options)
    assert len(found) == 1
    assert message in found[0]
    assert project.engine.builds == []


def test_a_mistake_in_the_dockerfile_is_told_with_its_place(project: Project) -> None:
    project.write("Dockerfile", "FROM scratch\nCOPPY a b\n")
    assert project.problems()[0].startswith("Dockerfile:2:1: ")


def test_a_login_that_would_stay_in_the_image_is_refused(project: Project) -> None:
    project.write("src/.npmrc", "//npm.example.org/:_authToken=npm_0123456789abcdef\n")
    project.write(".npmrc", "//npm.example.org/:_authToken=npm_0123456789abcdef\n")
    (found,) = project.problems()
    assert found.startswith("src/.npmrc in the build context holds an npm login")
    assert project.problems(allow_secrets=["src/.npmrc"]) == []
    project.write(".dockerignore", "**/.npmrc\n")
    assert project.problems() == []


def test_a_login_that_an_earlier_step_wrote_is_refused_too(project: Project) -> None:
    class Writing(FakeImageEngine):
        def builders(self) -> tuple[Builder, ...]:
            project.write("src/.pypirc", "[pypi]\npassword = hunter22\n")
            return super().builders()

    project.engine = Writing()
    error = project.build().error
    assert isinstance(error, CheckFailed)
    assert "src/.pypirc" in error.message
    assert project.engine.builds == []


def test_what_only_buildkit_can_do_is_built_with_it(project: Project) -> None:
    classic = project.engine.available
    project.write("Dockerfile", "FROM scratch\nRUN --mount=type=cache,target=/c true\n")
    assert "Dockerfile:2:1: `RUN --mount` is more than the classic builder" in project.problems()[0]
    project.engine.available = (*classic, BUILDKIT)
    project.build()
    assert project.engine.builds[0].builder == "buildkit"
    assert "`RUN --mount`" in project.problems(backend="classic")[0]


def test_what_buildkit_cannot_do_is_built_by_the_classic_builder(project: Project) -> None:
    project.engine.available = (BUILDKIT, *project.engine.available)
    project.build(network="shop_default")
    assert project.engine.builds[0].builder == "classic"


def test_a_base_image_that_reads_the_context_by_itself_is_refused(project: Project) -> None:
    project.write("Dockerfile", "FROM registry.example/onbuild:1\n")
    project.engine.registry["registry.example/onbuild:1"] = "sha256:x"
    project.engine.onbuild["registry.example/onbuild:1"] = ("ENV A=1", "COPY . /app")
    error = project.build().error
    assert isinstance(error, WorkFailed)
    assert "ONBUILD COPY . /app" in error.message
    assert "whole_context" in error.remedy
    assert project.build(whole_context=True).error is None
