"""Artifacts of a test pod, when the connection breaks again and again while they are copied out."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.clients.engine.containers.address import EngineAddress
from tests.e2e.pod_pipeline import pod_pipeline, shell
from tests.faults.api_server import kubeconfig_of
from tests.faults.proxy import Broken, Fault, Proxy, Request

pytestmark = pytest.mark.cluster

MEGABYTES = 200 if os.environ.get("CDKIT_SOAK") else 20
CUTS = (0.1, 0.0, 0.15, 0.2, 0.3)
"""After which part of the whole the connection breaks, one time after the other."""

MOST_RESIDENT = 100
"""Megabytes that cdkit may have in memory at most."""

WRITE = f"dd if=/dev/urandom of=/out/data bs=1M count={MEGABYTES} 2>/dev/null"
LONGEST = "280"
"""Seconds that a run may take."""

MEASURED = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print("most resident:", usage.ru_maxrss // 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command from a small process: what that holds counts as the memory of its child, too (getrusage(2))."""


class CutAfter(Fault):
    """The connection breaks when so many bytes have come back."""

    def __init__(self, size: int) -> None:
        self._left = size

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if len(piece) > self._left:
                yield piece[: self._left]
                raise Broken
            self._left -= len(piece)
            yield piece


class Cutting:
    """Cuts the connections on which artifacts come, until all cuts are made."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.left = [CutAfter(int(part * MEGABYTES * 1_000_000)) for part in CUTS]

    def __call__(self, request: Request) -> Fault:
        return self.left.pop(0) if self._path in request.path and self.left else Fault()


def run(folder: Path, namespace: str, image: str, runtime: str, environ: dict[str, str]) -> tuple[str, Path]:
    """Run tests that leave something large; gives what was said, and the folder of what came out."""
    folder.mkdir()
    command = shell(f"/bin/busybox {WRITE}; /bin/busybox sha256sum /out/data")
    pipeline = pod_pipeline(namespace, image, runtime=runtime, command=command, artifacts=["/out"])
    (folder / "cdkit.yaml").write_text(pipeline, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, "timeout", LONGEST, sys.executable, "-m", "cdkit", "run"],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (artifacts,) = (folder / ".cdkit" / "runs").glob("*/tests/out")
    return ended.stdout, artifacts


def assert_whole(said: str, artifacts: Path) -> None:
    """What came out is what was written, and little of it was in memory at once."""
    (written,) = re.findall(r"\b([0-9a-f]{64}) ", said)
    data = artifacts / "data"
    with data.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == written
    (resident,) = re.findall(r"most resident: (\d+)", said)
    sys.stdout.write(f"{data.stat().st_size:,} bytes, {resident} MB resident\n")
    assert int(resident) < MOST_RESIDENT


def test_large_artifacts_come_out_of_a_cluster_whole_though_the_connection_breaks_soak(
    proxy: Proxy, kubeconfig: str, namespace: str, tiny_image: str, tmp_path: Path
) -> None:
    proxy.choose = cutting = Cutting("/exec")
    through_proxy = {"KUBECONFIG": kubeconfig_of(proxy, kubeconfig, tmp_path)}
    assert_whole(*run(tmp_path / "project", namespace, tiny_image, "kubernetes", through_proxy))
    assert not cutting.left, "it was cut each time"


def test_large_artifacts_come_out_of_an_engine_whole_though_the_connection_breaks_soak(
    namespace: str, tiny_image: str, tmp_path: Path
) -> None:
    engine = EngineAddress.of(os.environ)
    cutting = Cutting("/archive")
    with Proxy(lambda: engine.connection(60), cutting) as proxy:
        through_proxy = {"DOCKER_HOST": proxy.address.replace("http", "tcp"), "KUBECONFIG": ""}
        assert_whole(*run(tmp_path / "project", namespace, tiny_image, "docker", through_proxy))
    assert not cutting.left, "it was cut each time"
