"""The clients that `tests/servers/tools` provides, and checkouts of the examples to run them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "pipeline-examples"

STAND_IN = """\
steps:
  say: {uses: run, with: {command: [echo, "delivered to ${{ environment.name or 'nowhere in particular' }}"]}}
"""
"""In the place of an example's steps where a test is about who calls them."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Every test here that uses a client of a build server is marked as such, and likewise the cluster's."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "tools" in fixtures:
            item.add_marker(pytest.mark.servers)
        if {"kubeconfig", "namespace", "registry", "base"} & fixtures:
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the clients: programs in `bin`, packages in `node_modules`."""
    folder = os.environ.get("CDKIT_TEST_SERVER_TOOLS", "")
    if not folder:
        pytest.fail('This test needs CDKIT_TEST_SERVER_TOOLS: eval "$(tests/servers/tools)"')
    return Path(folder)


class Checkout(msgspec.Struct, frozen=True):
    """A git checkout of one of the examples.

    Attributes:
        folder: where it is.
        environ: an environment with cdkit on its PATH, and without a build server.
    """

    folder: Path
    environ: dict[str, str]

    def stand_in(self) -> None:
        """Let every pipeline say only where it would deliver to."""
        for file in self.pipelines():
            head, steps, _ = file.read_text(encoding="utf-8").partition("steps:\n")
            if steps:
                file.write_text(head + STAND_IN, encoding="utf-8")

    def replace(self, **words: str) -> None:
        """Put this machine's own registry, base image and so on into the pipelines."""
        for file in self.pipelines():
            text = file.read_text(encoding="utf-8")
            for name, word in words.items():
                text = text.replace(STANDS_FOR[name], word)
            file.write_text(text, encoding="utf-8")

    def deliver_to(self, namespace: str) -> None:
        """Let pipelines without environments deliver to a namespace of the test's own."""
        for file in self.pipelines():
            if file.name == "cdkit.yaml":
                with file.open("a", encoding="utf-8") as pipeline:
                    pipeline.write(f"\nenvironments:\n  test: {{namespace: {namespace}}}\n")

    def pipelines(self) -> list[Path]:
        """The pipeline files, and what they include."""
        return [*self.folder.glob("cdkit.yaml"), *self.folder.glob("*/cdkit.yaml"), *self.folder.glob("delivery.yaml")]

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """What comes of a command."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


STANDS_FOR = {"registry": "127.0.0.1:5000", "base": "python:3.12-slim"}
"""What the examples say of a machine that is not this one."""


@pytest.fixture
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Checkout:
    """The example that the test's marker or parameter names, on the branch `main` of a repository."""
    folder = tmp_path / "checkout"
    shutil.copytree(EXAMPLES / request.param, folder, ignore=shutil.ignore_patterns(".cdkit", "__pycache__"))
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR", "DOCKER_HOST") if name in os.environ}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    checkout = Checkout(folder, {**kept, "PATH": path, "HOME": str(home), "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1"})
    commit(checkout)
    return checkout


def commit(checkout: Checkout) -> None:
    """Make a repository of it, as a build server has fetched it."""
    person = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["remote", "add", "origin", "https://git.example.org/team/shop.git"],
        ["add", "--all"],
        [*person, "commit", "--quiet", "--message=Begin"],
    ):
        ended = checkout.run("git", *words)
        assert ended.returncode == 0, ended.stderr
