"""Images of one static program, for tests that need no Python in the cluster."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

BUSYBOX = "/bin/busybox"
MACHINES = tuple(number.to_bytes(2, "little") for number in (183, 62))
MACHINE = slice(18, 20)
"""AArch64 and x86-64, and where an ELF file says which of them it is made for: elf(5)."""

DOCKERFILE = """FROM scratch
COPY busybox /bin/busybox
COPY busybox /bin/sh
COPY mark /mark
CMD ["/bin/sh", "-c", "echo started; exec /bin/busybox sleep 3600"]
"""


def push_tiny_image(folder: Path, registry: str, command: str = "") -> str:
    """Build an image whose program is busybox, push it, and give its reference; each one differs from all others.

    Args:
        folder: an empty folder to build in.
        registry: where to push it.
        command: a shell command to run instead of sleeping.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(BUSYBOX, folder / "busybox")
    tag = secrets.token_hex(6)
    (folder / "mark").write_text(tag)
    last = f'CMD ["/bin/sh", "-c", "{command}"]\n' if command else ""
    (folder / "Dockerfile").write_text(DOCKERFILE + last)
    reference = f"{registry}/tiny:{tag}"
    for arguments in (["build", "-q", "-t", reference, str(folder)], ["push", "-q", reference]):
        subprocess.run(["docker", *arguments], check=True, capture_output=True)
    return reference


def made_for_another_machine() -> bytes:
    """A program that the machine of the tests cannot execute, by what its file says."""
    program = bytearray(Path(BUSYBOX).read_bytes())
    other = next(machine for machine in MACHINES if program[MACHINE] != machine)
    program[MACHINE] = other
    return bytes(program)


def deployment(name: str, image: str, replicas: int = 1) -> dict[str, object]:
    """A Deployment of one container, as somebody else than cdkit would write it."""
    labels = {"app": name}
    container = {"name": name, "image": image, "terminationMessagePolicy": "File"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": [container]},
            },
        },
    }
