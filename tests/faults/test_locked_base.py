"""A base image behind a login is had with the step's own, by either builder, and the login stays nowhere."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.clients.engine.docker_engine import DockerEngine
from cdkit.clients.private_folder import PREFIX
from cdkit.clients.registry.distribution_registry import DistributionRegistry
from cdkit.errors import AccessDenied
from cdkit.models.image import Credentials
from cdkit.testing import FakeWorld, StepRun, run_step
from cdkit_images.build_image import BuildImage
from tests.faults.token_proxy import TokenProxy, token_proxy

pytestmark = pytest.mark.cluster

LOGIN = Credentials("robot", "s3cret-of-the-robot")


@pytest.fixture
def locked(registry: str) -> Iterator[TokenProxy]:
    with token_proxy(registry, LOGIN) as proxy:
        yield proxy
        listing = [
            "docker",
            "images",
            "--format",
            "{{.Repository}}:{{.Tag}}",
            "--filter",
            f"reference={proxy.host}/*/*",
        ]
        images = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split()
        subprocess.run(["docker", "rmi", "-f", "--no-prune", *images], check=False, capture_output=True)


def build(folder: Path, locked: TokenProxy, base: str, backend: str, **login: str) -> StepRun:
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(f"FROM {locked.host}/{base.partition('/')[2]}\nLABEL a={folder.name}\n")
    world = FakeWorld(images=DockerEngine(), registry=DistributionRegistry({"HOME": str(folder)}))
    options = {"repository": f"{locked.host}/cdkit-test/{folder.name}", "backend": backend, **login}
    return run_step(BuildImage, options, world=world, workspace=folder)


@pytest.mark.parametrize("backend", ["classic", "buildkit"])
def test_the_login_of_the_step_serves_for_its_base(
    tmp_path: Path, locked: TokenProxy, tiny_image: str, backend: str
) -> None:
    ended = build(tmp_path / backend, locked, tiny_image, backend, username="robot", password=LOGIN.password)
    assert ended.outputs.id.startswith("sha256:")
    # The test itself told the step, and masks nothing: what is said must not hold it all the same.
    assert LOGIN.password not in json.dumps([str(event) for event in ended.events])
    left = [path for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/**/config.json") if _holds_login(path)]
    assert left == []
    found = [path for path in tmp_path.rglob("*") if path.is_file() and LOGIN.password in path.read_text("latin-1")]
    assert found == []


def _holds_login(path: Path) -> bool:
    try:
        return "cm9ib3Q6" in path.read_text()
    except OSError:
        return False


def test_without_a_login_the_base_is_refused_before_the_build(
    tmp_path: Path, locked: TokenProxy, tiny_image: str
) -> None:
    assert isinstance(build(tmp_path / "none", locked, tiny_image, "auto").error, AccessDenied)
