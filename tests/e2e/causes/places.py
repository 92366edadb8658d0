"""A pod gets no place, or loses it."""

from __future__ import annotations

from typing import Any

from cdkit.models.kube import ObjectRef
from tests.e2e.causes.case import (
    HURRY,
    LABELS,
    MOUNT,
    SAYS_NO,
    Case,
    Place,
    either,
    failed_as,
    in_phase,
    item,
    of_kind,
    pod_spec,
    shell,
    told,
    web,
    workload,
)
from tests.real_world import eventually

CLAIM = {"volumes": [{"name": "files", "persistentVolumeClaim": {"claimName": "data"}}]}
PORT = {"ports": [{"containerPort": 80, "hostPort": 38173}]}
"""A port of the node that nobody else uses."""


def asks_for(place: Place, **amounts: str) -> list[dict[str, Any]]:
    return web(place, {"resources": {"requests": amounts}})


def two(place: Place, container: dict[str, Any] | None = None, **pod: Any) -> list[dict[str, Any]]:
    return [workload("Deployment", pod_spec(place, container, **pod), replicas=2)]


def alone(place: Place) -> dict[str, Any]:
    """An anti-affinity that lets no two of the pods be on one node."""
    term = {"labelSelector": {"matchLabels": LABELS}, "topologyKey": "kubernetes.io/hostname"}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def pod(place: Place, container: dict[str, Any] | None = None, **spec: Any) -> list[dict[str, Any]]:
    return [item("v1", "Pod", pod_spec(place, container, **spec))]


def priorities(place: Place) -> list[dict[str, Any]]:
    """Both are below zero, so that no pod of anybody else is in danger."""
    return [
        {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": f"{name}-{place.suffix}"},
            "value": value,
        }
        for name, value in (("low", -20), ("high", -10))
    ]


def push_aside(place: Place) -> None:
    """Once the pod of the case is on its node, another one of higher priority wants the same port."""
    eventually(lambda: any(each["spec"].get("nodeName") for each in place.find("Pod")))
    (urgent,) = pod(place, PORT, priorityClassName=f"high-{place.suffix}")
    urgent["metadata"] = {"name": "urgent", "namespace": place.namespace}
    place.cluster.create(urgent)


def claim(storage_class: str) -> dict[str, Any]:
    room = {"requests": {"storage": "1Gi"}}
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class, "resources": room}
    return item("v1", "PersistentVolumeClaim", spec, name="data")


def volume(place: Place) -> dict[str, Any]:
    """A volume of a class that nobody else asks for."""
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": f"nobody-{place.suffix}",
        "capacity": {"storage": "1Gi"},
        "hostPath": {"path": "/srv/nobody"},
    }
    return item("v1", "PersistentVolume", spec, name=f"data-{place.suffix}")


def take_the_volume_away(place: Place) -> None:
    """Somebody deletes the volume as soon as the claim has it, and does not wait for who uses it."""
    eventually(lambda: any(each["status"].get("phase") == "Bound" for each in place.find("PersistentVolumeClaim")))
    ref = ObjectRef("v1", "PersistentVolume", f"data-{place.suffix}")
    place.cluster.delete(ref)
    place.cluster.patch(ref, {"metadata": {"finalizers": None}}, "merge")


CASES = {
    "unschedulable-cpu": Case("unschedulable", lambda place: asks_for(place, cpu="999"), patience=HURRY),
    "unschedulable-memory": Case("unschedulable", lambda place: asks_for(place, memory="999Ti"), patience=HURRY),
    "unschedulable-selector": Case(
        "unschedulable", lambda place: web(place, nodeSelector={"disk": "fast"}), patience=HURRY
    ),
    "unschedulable-affinity": Case("unschedulable", lambda place: two(place, affinity=alone(place)), patience=HURRY),
    "unschedulable-ports": Case(
        "unschedulable",
        lambda place: two(place, {"ports": [{"containerPort": 80, "hostPort": 38172}]}),
        patience=HURRY,
    ),
    "scheduler-missing": Case("scheduler-missing", lambda place: web(place, schedulerName="nobody"), patience=HURRY),
    "volume-claim-lost": Case(
        "volume-claim-lost",
        lambda place: [claim(f"nobody-{place.suffix}"), *web(place, {"readinessProbe": SAYS_NO})],
        in_phase("Lost"),
        of_kind("v1", "PersistentVolumeClaim"),
        before=lambda place: [volume(place)],
        meanwhile=take_the_volume_away,
    ),
    "volume-claim-missing": Case("volume-claim-missing", lambda place: web(place, MOUNT, **CLAIM), patience=HURRY),
    "volume-claim-unbound": Case(
        "volume-claim-unbound",
        lambda place: web(place, MOUNT, **CLAIM),
        before=lambda _: [claim("fast")],
        patience=HURRY,
    ),
    "pod-refused-by-node": Case(
        "pod-refused-by-node",
        lambda place: pod(place, {"resources": {"requests": {"cpu": "999"}}}, nodeName=place.node),
        either(told("OutOfcpu"), failed_as("OutOfcpu")),
    ),
    "evicted": Case(
        "evicted",
        lambda place: pod(
            place,
            {
                "command": shell("/bin/busybox dd if=/dev/zero of=/files/big bs=1M count=8; /bin/busybox sleep 3600"),
                "readinessProbe": SAYS_NO,
                **MOUNT,
            },
            volumes=[{"name": "files", "emptyDir": {"sizeLimit": "1Mi"}}],
        ),
        either(told("Evicted"), failed_as("Evicted")),
        wait="120s",
    ),
    # How long it takes until we are done is up to the kubelet, which takes the pod away.
    "preempted": Case(
        "preempted",
        lambda place: pod(
            place,
            {**PORT, "readinessProbe": SAYS_NO},
            priorityClassName=f"low-{place.suffix}",
            terminationGracePeriodSeconds=1,
        ),
        before=priorities,
        meanwhile=push_aside,
    ),
}
