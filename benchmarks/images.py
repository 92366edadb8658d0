"""Building and pushing an image against Docker; hashing a context against git; memory and requests."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.timing import Figure, command, megabytes, minima
from cdkit.flow.cancellation import Cancellation
from cdkit_images.content.folder_cache import FolderCache
from cdkit_images.content.folder_facts import read_folders
from cdkit_images.context import visible_folders
from cdkit_images.dockerignore import read_rules
from tests.faults.registry_proxy import registry_proxy

FILES, FOLDERS, FILE_BYTES = 2_000, 40, 50_000
MANY_FILES, MANY_FOLDERS, SMALL_BYTES = 20_000, 400, 500
LARGE_FILES, LARGE_BYTES = 20, 100 << 20
QUICK_ROUNDS, SLOW_ROUNDS = 9, 3
FIRST_WITH_BUILDX_ONLY = 23


def figures() -> Iterator[Figure]:
    """Each goal of issue 4 that is a ratio or an amount."""
    with tempfile.TemporaryDirectory(prefix="cdkit-bench-") as name:
        folder = Path(name)
        yield from _hashing(folder / "many")
        yield _memory(folder / "large")
        shop = _Shop(folder / "shop", os.environ["CDKIT_TEST_REGISTRY"])
        try:
            yield from _unchanged(shop)
            yield from _changed(shop)
            yield from _fresh(shop)
        finally:
            shop.remove_images()


class _Shop:
    """A project with a context of 2,000 files and 100 MB, and what builds and pushes its image.

    Args:
        folder: where it is made.
        registry: where its images go.
    """

    def __init__(self, folder: Path, registry: str) -> None:
        self.registry = registry
        self._folder = folder
        self._name = f"bench-{secrets.token_hex(4)}"
        self._docker = _docker_with_buildkit()
        _write_files(folder / "context", FILES, FOLDERS, FILE_BYTES)
        dockerfile = f"FROM {os.environ['CDKIT_TEST_BASE']}\nCOPY . /srv\n"
        (folder / "context" / "Dockerfile").write_text(dockerfile, "utf-8")
        self.push_to(registry)

    def push_to(self, registry: str) -> None:
        """Have cdkit push to a registry."""
        (self._folder / "cdkit.yaml").write_text(
            "name: shop\nsteps:\n"
            f"  image: {{uses: build-image, with: {{context: context, repository: '{registry}/{self._name}'}}}}\n"
            "  push: {uses: push-to-registry, with: {image: '${{ steps.image.image }}'}}\n",
            "utf-8",
        )

    def with_cdkit(self, **environ: str) -> None:
        """Build and push with cdkit, which finds the same Docker client."""
        path = f"{Path(self._docker).parent}{os.pathsep}{os.environ['PATH']}"
        command(_cdkit("run"), directory=str(self._folder), env={**os.environ, "PATH": path, **environ})

    def with_docker(self, buildkit: int, *options: str, tag: str = "same") -> None:
        """Build and push with Docker's own commands."""
        reference = f"{self.registry}/{self._name}-docker:{tag}-{buildkit}"
        environ = {**os.environ, "DOCKER_BUILDKIT": str(buildkit)}
        build = [self._docker, "build", "--quiet", *options, "--tag", reference, "context"]
        command(build, directory=str(self._folder), env=environ)
        command([self._docker, "push", "--quiet", reference], env=environ)

    def change_a_file(self) -> None:
        """Write a small file anew."""
        (self._folder / "context" / "small").write_text(secrets.token_hex(), "utf-8")

    def forget(self) -> None:
        """Be a machine that knows nothing of it."""
        shutil.rmtree(self._folder / ".cdkit", ignore_errors=True)

    def remove_images(self) -> None:
        """Take away from the engine what was built here, and nothing else."""
        _remove_images(self._docker, f"/{self._name}")


def _unchanged(shop: _Shop) -> Iterator[Figure]:
    """Nothing has changed, and every cache is full."""
    ours, classic, buildkit = minima(
        QUICK_ROUNDS, shop.with_cdkit, lambda: shop.with_docker(0), lambda: shop.with_docker(1)
    )
    yield _ratio("build and push, nothing changed / docker, classic", ours, classic, 0.25)
    yield _ratio("build and push, nothing changed / docker, BuildKit", ours, buildkit, 1.5)


def _changed(shop: _Shop) -> Iterator[Figure]:
    """One small file has changed before each."""

    def after_a_change(build: Callable[[], None]) -> Callable[[], None]:
        def change_and_build() -> None:
            shop.change_a_file()
            build()

        return change_and_build

    builds = (shop.with_cdkit, lambda: shop.with_docker(0), lambda: shop.with_docker(1))
    ours, classic, buildkit = minima(SLOW_ROUNDS, *map(after_a_change, builds))
    yield _ratio("build and push, one file changed / docker, classic", ours, classic, 1.1)
    yield _ratio("build and push, one file changed / docker, BuildKit", ours, buildkit, 1.1)


def _fresh(shop: _Shop) -> Iterator[Figure]:
    """A machine without any local state, and for us without an engine; all requests are counted by a proxy.

    The base image is asked for beside it, with one request.
    """
    with registry_proxy(shop.registry) as proxy:
        shop.push_to(proxy.host)
        shop.with_cdkit()

        def ours() -> None:
            shop.forget()
            proxy.requests.clear()
            proxy.blob_bytes = 0
            shop.with_cdkit(DOCKER_HOST="unix:///nowhere/docker.sock")

        tags = count()
        mine, other = minima(SLOW_ROUNDS, ours, lambda: shop.with_docker(1, "--no-cache", tag=f"new{next(tags)}"))
        asked = list(proxy.requests)
    yield _ratio("build and push, no local state / docker, BuildKit", mine, other, 0.1)
    yield Figure("requests without local state, the base's with them", len(asked) + 1, 3, "requests", "")
    yield Figure("bytes of blobs that are read without local state", proxy.blob_bytes, 0, "bytes", "")


def _hashing(context: Path) -> Iterator[Figure]:
    """A context of 20,000 files that are known, as a step hashes it, against `git status`."""
    _write_files(context, MANY_FILES, MANY_FOLDERS, SMALL_BYTES)
    (context / "Dockerfile").write_text("FROM scratch\nCOPY . .\n", "utf-8")
    (context / ".dockerignore").write_text(".git\n", "utf-8")
    for arguments in (["init", "--quiet"], ["add", "."]):
        command(["git", *arguments], directory=str(context))

    def hash_context() -> None:
        folders = visible_folders(context, read_rules(context, context / "Dockerfile"), ["."])
        cache = FolderCache(context.with_name("memory"))
        read_folders(context, folders, cache, Cancellation())
        cache.save()

    # What was written a moment before it is read is read once more.
    hash_context()
    ours, git = minima(QUICK_ROUNDS, hash_context, lambda: command(["git", "status"], directory=str(context)))
    yield _ratio(f"hashing {MANY_FILES:,} files / git status", ours, git, 2.0)
    shutil.rmtree(context)


def _memory(folder: Path) -> Figure:
    """Hashing a context of 2 GB, and sending it to the classic builder."""
    context = folder / "context"
    context.mkdir(parents=True)
    for number in range(LARGE_FILES):
        with (context / f"file{number}").open("wb") as file:
            file.truncate(LARGE_BYTES)
    (context / "Dockerfile").write_text("FROM scratch\nCOPY . .\n", "utf-8")
    name = f"bench-{secrets.token_hex(4)}"
    build = _cdkit("step", "build-image", "--context", "context", "--repository", name, "--backend", "classic")
    try:
        most = megabytes(build, directory=str(folder))
    finally:
        _remove_images(_docker_with_buildkit(), name)
        shutil.rmtree(folder)
    return Figure("memory, building a context of 2 GB", most, 200.0, "MB", "the most that was resident")


def _ratio(what: str, ours: float, theirs: float, goal: float) -> Figure:
    return Figure(what, ours / theirs, goal, "x", f"{ours:.2f} s to {theirs:.2f} s")


def _cdkit(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cdkit", *arguments]


def _write_files(folder: Path, files: int, folders: int, size: int) -> None:
    for number in range(files):
        place = folder / f"folder{number % folders}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"file{number}").write_bytes(secrets.token_bytes(size))


def _docker_with_buildkit() -> str:
    """A Docker client that can build with BuildKit: one before 23, or one with buildx.

    Raises:
        SystemExit: there is none.
    """
    found = (shutil.which("docker", path=folder) for folder in os.environ["PATH"].split(os.pathsep))
    for docker in filter(None, found):
        version = re.search(r"version (\d+)", _said(docker, "--version"))
        if (version and int(version[1]) < FIRST_WITH_BUILDX_ONLY) or _said(docker, "buildx", "version"):
            return docker
    raise SystemExit("no Docker client here speaks BuildKit")


def _remove_images(docker: str, part: str) -> None:
    """Remove from the engine the images with a part of a name, and no others."""
    named = _said(docker, "images", "--format", "{{.Repository}}:{{.Tag}}").split()
    subprocess.run(
        [docker, "rmi", "--force", *(name for name in named if part in name)], capture_output=True, check=False
    )


def _said(*arguments: str) -> str:
    """What a command says; nothing when it fails."""
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return ended.stdout if ended.returncode == 0 else ""
