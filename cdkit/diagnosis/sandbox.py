"""Why the node cannot make room for a pod: its sandbox, which holds the network that its containers share."""

from __future__ import annotations

import re

from cdkit.diagnosis.events import latest
from cdkit.diagnosis.pod_status import PodStatus
from cdkit.diagnosis.verdict import Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted

RETRIED = Patience.after(60)
"""The network plugin of a new node needs some time."""

_PREFIX = re.compile(r"^Failed to create pod sandbox:\s*(?:rpc error: code = \w+ desc = )?", re.IGNORECASE)


def sandbox_cause(pod: PodStatus) -> Cause | None:
    """The last that the kubelet told is that it could not make the sandbox (event `FailedCreatePodSandBox`)."""
    failed = latest(pod.events, lambda event: event.reason == "FailedCreatePodSandBox")
    if failed is None or any(container.state != "waiting" for container in pod.containers):
        return None
    if any(event.time > failed.time for event in pod.events if event.reason in ("Pulling", "Pulled", "Created")):
        return None
    return Cause(
        id="sandbox-failing",
        sentence=f"Pod {pod.name} cannot start: its node cannot make a sandbox for it: "
        f"{quoted(_PREFIX.sub('', failed.message))}.",
        subject=f"Pod {pod.name}",
        evidence=evidence(str(failed)),
        remedy="Look at the network plugin and the container runtime of the node.",
        patience=RETRIED,
        pod=pod.name,
    )
