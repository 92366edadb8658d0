"""What a case is: something that a person deploys, and the cause that it comes to nothing of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.observe.snapshot import Snapshot

LABELS = {"app": "web"}
HURRY = 0.05
"""The patience of an environment in which a grace of a minute is over in three seconds."""

SHORT = "4s"
"""How long a cause is waited for that is there from the start, and never fatal."""


class Place(NamedTuple):
    """Where a case is deployed, and what is there.

    Attributes:
        cluster: the test cluster.
        namespace: a namespace of the case's own.
        registry: the test registry.
        image: an image in it that holds busybox, a file that is no program, and a program of another machine.
        node: the name of the only node.
        played: addresses of registries and webhooks that the test plays, by what they do.
        authority: the certificate that vouches for the webhooks, as base64.
        suffix: makes names of objects without a namespace unique.
    """

    cluster: KubernetesCluster
    namespace: str
    registry: str
    image: str
    node: str
    played: dict[str, str]
    authority: str
    suffix: str

    def find(self, kind: str, api_version: str = "v1", selector: str = "") -> list[Manifest]:
        """Objects of the case's namespace."""
        return self.cluster.list(ObjectQuery(api_version, kind, self.namespace, selector))[0]


class Case(NamedTuple):
    """One deployment that fails.

    Attributes:
        cause: the id of the cause that is to be told.
        objects: what is deployed.
        shows: whether the pods and events of a moment show what is to be told within five seconds; None for a cause
            that is told when its grace or its time is over.
        watches: the objects to look at for `shows` beside the events; the pods when left out.
        before: what is there already.
        meanwhile: what somebody else does while the deployment runs.
        step: another step than `apply`, with its options.
        patience: the patience of the environment.
        wait: how long the deployment may take.
        code: the exit code.
    """

    cause: str
    objects: Callable[[Place], Iterable[Manifest]] = lambda _: ()
    shows: Callable[[Snapshot], bool] | None = None
    watches: Callable[[Place], ObjectQuery] | None = None
    before: Callable[[Place], Iterable[Manifest]] = lambda _: ()
    meanwhile: Callable[[Place], None] | None = None
    step: Callable[[Place], dict[str, Any]] | None = None
    patience: float = 1
    wait: str = "90s"
    code: int = 6


# What is deployed


def shell(script: str) -> list[str]:
    """A command for the image of a place."""
    return ["/bin/sh", "-c", script]


SLEEP = shell("trap 'exit 0' TERM; /bin/busybox sleep 3600 & wait")
SAYS_NO = {"exec": {"command": shell("echo not yet; exit 1")}, "periodSeconds": 1, "failureThreshold": 1}
MOUNT = {"volumeMounts": [{"name": "files", "mountPath": "/files"}]}


def pod_spec(place: Place, container: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One container that sleeps, unless it is told otherwise."""
    given = {"name": "web", "image": place.image, "command": SLEEP, **(container or {})}
    given = {name: value for name, value in given.items() if value is not None}
    return {"terminationGracePeriodSeconds": 0, "containers": [given], **more}


def workload(
    kind: str, template: dict[str, Any], *, annotations: dict[str, str] | None = None, **spec: Any
) -> Manifest:
    """A workload `web` of the group `apps`."""
    metadata = {"labels": LABELS, **template.pop("metadata", {})}
    service = {"serviceName": "web"} if kind == "StatefulSet" else {}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "annotations": annotations or {}},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": metadata, "spec": template},
            **service,
            **spec,
        },
    }


def web(place: Place, container: dict[str, Any] | None = None, **pod: Any) -> list[Manifest]:
    """A Deployment `web` of one container."""
    return [workload("Deployment", pod_spec(place, container, **pod))]


def item(api_version: str, kind: str, spec: Any = None, name: str = "web", **more: Any) -> Manifest:
    """An object that has no pods of its own."""
    body = {} if spec is None else {"spec": spec}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **body, **more}


# What shows it


def told(*reasons: str, words: str = "") -> Callable[[Snapshot], bool]:
    """An event with one of the reasons, and with some words in it."""
    return lambda seen: any(
        event["reason"] in reasons and words in (event.get("message") or "") for event in seen["Event"]
    )


def waits(*reasons: str) -> Callable[[Snapshot], bool]:
    """A container that waits for one of the reasons."""
    return lambda seen: any(
        (status.get("state", {}).get("waiting") or {}).get("reason") in reasons for status in _statuses(seen)
    )


def ended(times: int) -> Callable[[Snapshot], bool]:
    """A container that has ended so many times, or that is not restarted at once any more."""

    def shows(seen: Snapshot) -> bool:
        return waits("CrashLoopBackOff")(seen) or any(
            status["restartCount"] + ("terminated" in status.get("state", {})) >= times for status in _statuses(seen)
        )

    return shows


def either(*ways: Callable[[Snapshot], bool]) -> Callable[[Snapshot], bool]:
    """One of several ways to show it."""
    return lambda seen: any(way(seen) for way in ways)


def both(*ways: Callable[[Snapshot], bool]) -> Callable[[Snapshot], bool]:
    """Several ways to show it, all of which are needed."""
    return lambda seen: all(way(seen) for way in ways)


def failed_as(reason: str) -> Callable[[Snapshot], bool]:
    """A pod that has failed as a whole for a reason."""
    return lambda seen: any(pod["status"].get("reason") == reason for pod in seen["Pod"])


def of_kind(api_version: str, kind: str) -> Callable[[Place], ObjectQuery]:
    """All objects of a kind in the case's namespace."""
    return lambda place: ObjectQuery(api_version, kind, place.namespace)


def has_condition(kind: str, status: str) -> Callable[[Snapshot], bool]:
    """An object of those that are watched with a condition."""
    return lambda seen: any(
        (each["type"], each["status"]) == (kind, status)
        for item in seen["watched"]
        for each in (item.get("status") or {}).get("conditions") or ()
    )


def in_phase(phase: str) -> Callable[[Snapshot], bool]:
    """An object of those that are watched in a phase."""
    return lambda seen: any((item.get("status") or {}).get("phase") == phase for item in seen["watched"])


def has_gone(seen: Snapshot) -> bool:
    """A container was started once, and what is watched is not there any more."""
    return told("Started")(seen) and not seen["watched"]


def is_there(seen: Snapshot) -> bool:
    """The object itself: it stands in its manifest."""
    return bool(seen["watched"])


def _statuses(seen: Snapshot) -> Sequence[dict[str, Any]]:
    return [
        status
        for pod in seen["Pod"]
        for kind in ("initContainerStatuses", "containerStatuses")
        for status in pod.get("status", {}).get(kind) or ()
    ]


def reference(place: Place, kind: str, name: str = "web", api_version: str = "v1") -> ObjectRef:
    """An object of a case."""
    return ObjectRef(api_version, kind, name, place.namespace)
