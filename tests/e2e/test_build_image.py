"""`build-image` on the real engine: both builders see the same files, and keep the same promises."""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest

from cdkit.clients.real_world import RealWorld
from cdkit.errors import BuildFailed, Cancelled
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.testing import StepRun, run_step
from cdkit_images.build_image import BuildImage
from cdkit_images.context import visible_entries
from cdkit_images.dockerignore import read_rules
from tests.real_world import eventually

from .tiny import BUSYBOX

pytestmark = pytest.mark.cluster

SHELL = "FROM scratch AS shell\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n"
COMMIT = Build(commit="860c1904a1ce19322e91ac35af1ab07466440c37", branch="main", commit_time=1_700_000_000)


class Place:
    """A folder to build in, with one of the builders, on the real engine."""

    def __init__(self, folder: Path, backend: str) -> None:
        self.folder = folder
        self.backend = backend
        self.repositories: list[str] = []
        self.new_repository()
        self.engine = docker.from_env()

    def new_repository(self) -> None:
        """A name that no image has; without a `/`, it is one for this engine only."""
        self.repository = f"cdkit-test-build-{secrets.token_hex(4)}"
        self.repositories.append(self.repository)

    def write(self, **files: str) -> None:
        """Files by their names; `__` stands for `/`."""
        for name, content in files.items():
            path = self.folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def dockerfile(self, text: str) -> None:
        (self.folder / "Dockerfile").write_text(text)

    def dockerfile_with_shell(self, text: str) -> None:
        """A Dockerfile whose stages can begin with `shell`."""
        shutil.copy(BUSYBOX, self.folder / "busybox")
        self.dockerfile(f"{SHELL}{text}")

    def run(self, *, cancellation: Cancellation | None = None, **options: Any) -> StepRun:
        return run_step(
            BuildImage,
            {"repository": self.repository, "backend": self.backend, **options},
            world=RealWorld(),
            workspace=self.folder,
            build=COMMIT,
            env=dict(os.environ),
            cancellation=cancellation,
        )

    def build(self, **options: Any) -> str:
        """The image's id."""
        run = self.run(**options)
        assert not run.problems, run.problems
        image: str = run.outputs.id
        return image

    def config(self, image: str) -> dict[str, Any]:
        found: dict[str, Any] = self.engine.api.inspect_image(image)
        return found

    def files(self, image: str) -> dict[str, str]:
        """The files of an image with their content; folders have the empty one."""
        container = self.engine.containers.create(image, command="nothing")
        try:
            with tarfile.open(fileobj=io.BytesIO(b"".join(container.export()))) as archive:
                return {
                    member.name.rstrip("/"): _content(archive, member)
                    for member in archive.getmembers()
                    if not member.issym()
                }
        finally:
            container.remove()

    def tidy(self) -> None:
        for repository in self.repositories:
            for image in self.engine.images.list(repository):
                with suppress(docker.errors.APIError):
                    self.engine.images.remove(image.id, force=True)
        self.engine.close()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode(errors="replace") if file else ""


@pytest.fixture(params=["classic", "buildkit"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "project"
    folder.mkdir()
    place = Place(folder, request.param)
    yield place
    place.tidy()


# What of the context is seen

TREE = {
    "a__keep.md": "keep",
    "a__drop.md": "drop",
    "a__deep__keep.md": "deep",
    "b__c.txt": "c",
    "top.md": "top",
    "node_modules__x__index.js": "x",
    "src__main.py": "main",
    "src__main.pyc": "pyc",
    ".cdkit__runs__1__events.jsonl": "{}",
}


@pytest.mark.parametrize(
    "rules",
    [
        "**/*.pyc\nnode_modules\n*.md\n",
        "*\n!src\n!a/keep.md\nsrc/*.pyc\n",
        "# comment\n/a/\n!a/deep\nDockerfile\n.dockerignore\n",
        "a/**/keep.md\n**/node_modules\n[bs]*\n",
    ],
)
def test_a_build_sees_what_the_rules_leave(place: Place, rules: str) -> None:
    place.write(**TREE)
    (place.folder / ".dockerignore").write_text(rules)
    place.dockerfile("FROM scratch\nCOPY . /seen/\n")
    seen = {path.removeprefix("seen/") for path in place.files(place.build()) if path.startswith("seen/")} - {""}
    expected = visible_entries(place.folder, read_rules(place.folder, place.folder / "Dockerfile"), ["."])
    assert seen == {entry.path for entry in expected}
    assert not any(".cdkit" in path for path in seen)


def test_the_rules_beside_a_dockerfile_outside_of_the_context_count(place: Place, tmp_path: Path) -> None:
    place.write(a="a", b="b", Dockerfile="FROM nothing\n")
    (tmp_path / "Dockerfile.release").write_text("FROM scratch\nCOPY . /seen/\n")
    (tmp_path / "Dockerfile.release.dockerignore").write_text("a\n")
    image = place.build(dockerfile="../Dockerfile.release")
    assert {path for path in place.files(image) if path.startswith("seen/")} - {"seen/"} == {
        "seen/Dockerfile",
        "seen/b",
    }


def test_links_wildcards_and_arguments_lead_to_the_same_files(place: Place) -> None:
    place.write(releases__1__app="one", releases__2__app="two", a1__x="x", a2__y="y", z="z")
    (place.folder / "current").symlink_to("releases/2")
    place.dockerfile(
        "FROM scratch\nARG WHICH=z\nCOPY current/app /seen/app\nCOPY a*/* /seen/\nCOPY $WHICH /seen/$WHICH\n"
    )
    found = place.files(place.build())
    assert {path: text for path, text in found.items() if path.startswith("seen/") and text} == {
        "seen/app": "two",
        "seen/x": "x",
        "seen/y": "y",
        "seen/z": "z",
    }


# Options


def test_options_change_the_image(place: Place) -> None:
    place.dockerfile_with_shell(
        "FROM shell AS one\nARG A=0\nENV A=$A\nRUN busybox cat /etc/hosts > /hosts\nFROM one AS two\nENV B=1\n"
    )
    image = place.build(
        target="one",
        args={"A": "7"},
        labels={"team": "shop", "org.opencontainers.image.title": "mine"},
        extra_hosts={"db.example": "10.1.2.3"},
        no_cache=True,
    )
    config = place.config(image)["Config"]
    assert "A=7" in config["Env"]
    assert "B=1" not in config["Env"]
    assert config["Labels"] == {
        "team": "shop",
        "org.opencontainers.image.title": "mine",
        "org.opencontainers.image.revision": COMMIT.commit,
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
    }
    assert "10.1.2.3" in place.files(image)["hosts"]


def test_an_image_for_another_platform(place: Place) -> None:
    place.dockerfile("FROM scratch\nCOPY Dockerfile /\n")
    assert place.config(place.build(platforms=["linux/arm64"]))["Architecture"] == "arm64"


def test_without_a_network_there_is_none(place: Place) -> None:
    place.dockerfile_with_shell("FROM shell\nRUN busybox ls /sys/class/net > /net\n")
    assert place.files(place.build(network="none", no_cache=True))["net"].split() == ["lo"]


def test_a_secret_is_there_for_its_instruction_and_nowhere_else(place: Place, tmp_path: Path) -> None:
    value = f"hush-{secrets.token_hex(8)}"
    (tmp_path / "token").write_text(f"file-{value}")
    place.dockerfile_with_shell(
        "FROM shell\n"
        "RUN --mount=type=secret,id=a --mount=type=secret,id=b busybox wc -c /run/secrets/a /run/secrets/b\n"
    )
    run = place.run(secrets={"a": value}, secret_files={"b": str(tmp_path / "token")}, no_cache=True)
    if place.backend == "classic":
        assert {problem.message for problem in run.problems} >= {"`secrets` is more than " + classic() + " can do."}
        return
    image = run.outputs.id
    assert any(f"{len(value)} /run/secrets/a" in line for line in run.lines)
    assert value not in json.dumps([place.config(image), place.engine.api.history(image)])
    assert not any(value in text for path, text in place.files(image).items() if not path.startswith("bin/"))


@pytest.mark.parametrize("place", ["buildkit"], indirect=True)
def test_an_ssh_agent_is_lent_to_its_instruction(place: Place, tmp_path: Path) -> None:
    place.dockerfile_with_shell("FROM shell\nRUN --mount=type=ssh busybox test -S $SSH_AUTH_SOCK\n")
    agent = tmp_path / "agent"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(agent))
        listener.listen()
        assert place.build(ssh=[f"default={agent}"], no_cache=True)


@pytest.mark.parametrize("place", ["classic"], indirect=True)
def test_an_image_of_a_registry_serves_a_fresh_machine_as_cache(place: Place, registry: str) -> None:
    place.write(a=secrets.token_hex(4))
    place.dockerfile_with_shell("FROM shell\nCOPY a /a\nRUN busybox date > /date\n")
    place.repository = f"{registry}/cdkit-test/cache-{secrets.token_hex(4)}"
    place.repositories.append(place.repository)
    image, cache = place.build(), f"{place.repository}:cache"
    place.engine.images.get(image).tag(cache)
    place.engine.images.push(cache)
    place.engine.images.remove(image, force=True)
    place.new_repository()
    assert place.build(cache_from=[f"type=registry,ref={cache}"]) == image


def classic() -> str:
    return next(builder.via for builder in RealWorld().images().builders() if builder.name == "classic")


# Reproducible


def test_the_same_files_elsewhere_and_at_another_time_give_the_same_image(place: Place, tmp_path: Path) -> None:
    place.write(src__a="a", src__b=secrets.token_hex(4))
    place.dockerfile("FROM scratch\nCOPY src /src\nENV A=1\n")
    first = place.build()
    other = tmp_path / "clone"
    shutil.copytree(place.folder, other)
    for path in other.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    place.folder = other
    place.new_repository()
    assert place.build() == first
    (other / "src" / "a").write_text("b")
    assert place.build() != first


@pytest.mark.parametrize("place", ["classic"], indirect=True)
def test_files_of_the_classic_builder_have_the_time_of_the_commit(place: Place) -> None:
    place.write(a=secrets.token_hex(4))
    place.dockerfile("FROM scratch\nCOPY a /a\n")
    container = place.engine.containers.create(place.build(), command="nothing")
    try:
        _, status = container.get_archive("/a")
        assert status["mtime"].startswith("2023-11-14T22:13:20")
    finally:
        container.remove()


# Failing and stopping


def test_a_failed_instruction_is_told_with_its_line_and_what_it_said(place: Place) -> None:
    place.dockerfile_with_shell('FROM shell\n# here\nRUN echo before; \\\n    echo "the last words"; exit 7\n')
    error = place.run().error
    assert isinstance(error, BuildFailed)
    assert error.message.startswith("Dockerfile:6: `RUN ")
    assert error.message.endswith("7")
    assert "the last words" in error.evidence


def test_a_cancel_ends_the_work_of_the_engine(place: Place) -> None:
    mark = f"6{secrets.randbelow(10**8):08}"
    place.dockerfile_with_shell(f"FROM shell\nRUN busybox sleep {mark}\n")
    cancellation = Cancellation()
    canceller = threading.Thread(target=lambda: (eventually(lambda: running(mark)), cancellation.cancel(Cancelled())))
    canceller.start()
    error = place.run(cancellation=cancellation).error
    canceller.join()
    assert isinstance(error, Cancelled)
    eventually(lambda: not running(mark))


def running(argument: str) -> bool:
    """Whether any process of this machine, and so of its engine, has this argument."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if argument.encode() in path.read_bytes().split(b"\0") and b"sleep" in path.read_bytes():
                return True
    return False
