"""Setting an image and following the rollout, against kubectl."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.timing import Figure, command, medians

ROUNDS = 9


def figures() -> Iterator[Figure]:
    """`cdkit run` of a set-image as a ratio to `kubectl set image` with `kubectl rollout status`."""
    kubectl = [os.environ["CDKIT_TEST_KUBECTL"], "--kubeconfig", os.environ["CDKIT_TEST_KUBECONFIG"]]
    namespace = f"cdkit-bench-{secrets.token_hex(3)}"
    command([*kubectl, "create", "namespace", namespace])
    try:
        with tempfile.TemporaryDirectory() as folder:
            images = [push(Path(folder), name) for name in ("one", "two")]
            _deploy([*kubectl, "-n", namespace], images[0])
            ours = _with_cdkit(Path(folder), namespace, images)
            theirs = _with_kubectl([*kubectl, "-n", namespace], images)
            mine, other = medians(ROUNDS, ours, theirs)
    finally:
        command([*kubectl, "delete", "namespace", namespace, "--wait=false"])
    detail = f"{mine:.2f} s to {other:.2f} s"
    yield Figure("set-image and rollout / kubectl set image, rollout status", mine / other, 1.2, "x", detail)


def push(folder: Path, name: str) -> str:
    """Build an image that sleeps, push it, and give its reference by digest."""
    context = folder / name
    context.mkdir()
    shutil.copy("/bin/busybox", context / "busybox")
    (context / "mark").write_text(name)
    (context / "Dockerfile").write_text(
        "FROM scratch\nCOPY busybox /bin/busybox\nCOPY mark /mark\n"
        'ENTRYPOINT ["/bin/busybox", "sh", "-c", "trap exit TERM; /bin/busybox sleep 3600 & wait"]\n'
    )
    reference = f"{os.environ['CDKIT_TEST_REGISTRY']}/bench:{name}"
    command(["docker", "build", "-q", "-t", reference, str(context)])
    command(["docker", "push", "-q", reference])
    inspected = subprocess.run(
        ["docker", "inspect", "--format", "{{json .RepoDigests}}", reference], capture_output=True, check=True
    )
    digests: list[str] = json.loads(inspected.stdout)
    return digests[0]


def _deploy(kubectl: list[str], image: str) -> None:
    command([*kubectl, "create", "deployment", "web", f"--image={image}"])
    command([*kubectl, "rollout", "status", "deployment/web", "--timeout=60s"])


def _with_cdkit(folder: Path, namespace: str, images: list[str]) -> Callable[[], None]:
    environ = {**os.environ, "KUBECONFIG": os.environ["CDKIT_TEST_KUBECONFIG"]}
    file = folder / "cdkit.yaml"
    file.write_text(
        f"name: web\nenvironments: {{bench: {{namespace: {namespace}}}}}\n"
        "steps:\n  update: {uses: set-image, with: {workload: web, image: '${{ vars.image }}'}}\n"
        "vars: {image: none}\n"
    )
    cdkit = str(Path(sys.executable).with_name("cdkit"))
    turns = cycle(reversed(images))
    return lambda: command([cdkit, "run", "-f", str(file), "--set", f"image={next(turns)}"], env=environ)


def _with_kubectl(kubectl: list[str], images: list[str]) -> Callable[[], None]:
    # cdkit's turn comes first and sets the other image; so kubectl always has something to change too.
    turns = cycle(images)

    def update() -> None:
        command([*kubectl, "set", "image", "deployment/web", f"*={next(turns)}"])
        command([*kubectl, "rollout", "status", "deployment/web", "--timeout=60s"])

    return update
