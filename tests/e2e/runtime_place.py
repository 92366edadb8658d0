"""A step's context in the real world, for tests of what runs test pods."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from cdkit.clients.real_world import RealWorld
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.step import StepContext
from cdkit.testing.steps import RecordedRun

from .tiny import BUSYBOX

OWN_PROGRAM = """#!/opt/own/sh
echo "own wc: $*, $GREETING"
/opt/own/id -u
echo "$GREETING" > /reports/greeting
/opt/own/cat /data/given
"""
"""Its name is that of an applet of busybox."""

OWN_IMAGE = """FROM scratch
COPY busybox /opt/own/sh
COPY busybox /opt/own/id
COPY busybox /opt/own/cat
COPY wc /opt/own/wc
ENV PATH=/nowhere:/opt/own
USER 1234:1234
ENTRYPOINT ["wc"]
CMD ["-l", "two words"]
HEALTHCHECK --interval=1s CMD ["cat", "/reports/greeting"]
"""


def real_context(kubeconfig: str, namespace: str, folder: Path) -> StepContext:
    """The context of a step that works in a namespace of the test cluster."""
    run = RecordedRun(
        world=RealWorld(kubeconfig),
        clock=SystemClock(),
        workspace=folder,
        build=Build(),
        environment=Environment("", "", namespace),
    )
    return StepContext("tests", run, env={}, cancellation=Cancellation())


def push_own_image(folder: Path, registry: str) -> str:
    """An image from nothing, whose program has the name of an applet, lies in its own PATH, and is not root's."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(BUSYBOX, folder / "busybox")
    (folder / "wc").write_text(OWN_PROGRAM)
    (folder / "wc").chmod(0o755)
    (folder / "Dockerfile").write_text(OWN_IMAGE)
    reference = f"{registry}/cdkit-test/own:1"
    for arguments in (["build", "-q", "-t", reference, str(folder)], ["push", "-q", reference]):
        subprocess.run(["docker", *arguments], check=True, capture_output=True)
    return reference
