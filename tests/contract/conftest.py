"""What the conformance suites need besides the real world."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pytest

from cdkit.clients.engine.docker_engine import DockerEngine
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image_build import BuildRequest

TINY = """FROM scratch
COPY busybox /bin/busybox
COPY busybox /bin/sh
COPY busybox /bin/sleep
"""


@pytest.fixture(scope="session")
def tiny_image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image that holds a shell and nothing else, in the test registry."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.fail("This test needs a static busybox: apt-get install busybox-static")
    folder = tmp_path_factory.mktemp("tiny")
    shutil.copy(busybox, folder / "busybox")
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(TINY)
    engine, reference = DockerEngine(), f"{registry}/cdkit-test/tiny:1"
    request = BuildRequest(context=str(folder), dockerfile=str(dockerfile))
    image = engine.build(request, on_line=lambda _: None, on_step=lambda _: None, cancellation=Cancellation())
    engine.tag(image, reference)
    engine.push(reference, credentials=None, on_progress=lambda *_: None, cancellation=Cancellation())
    return reference


def write_kubeconfig(folder: Path, server: str, ca: str = "") -> str:
    """A kubeconfig without any credentials."""
    authority = f"certificate-authority: {ca}" if ca else "insecure-skip-tls-verify: true"
    path = folder / f"kubeconfig-{secrets.token_hex(4)}"
    path.write_text(
        f"""
        current-context: test
        contexts: [{{name: test, context: {{cluster: test}}}}]
        clusters: [{{name: test, cluster: {{server: "{server}", {authority}}}}}]
        """
    )
    return str(path)
