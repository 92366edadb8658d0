"""A container does not start, does not keep running, or does not become ready."""

from __future__ import annotations

from tests.e2e.causes.case import (
    HURRY,
    LABELS,
    MOUNT,
    SAYS_NO,
    Case,
    Place,
    both,
    either,
    ended,
    item,
    shell,
    told,
    waits,
    web,
    workload,
)

NOT_RUN = either(told("Failed"), waits("RunContainerError", "CrashLoopBackOff"))


def from_config(key: str = "greeting") -> dict[str, object]:
    return {"env": [{"name": "GREETING", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": key}}}]}


def with_runtime_class(place: Place) -> list[dict[str, object]]:
    name = f"nowhere-{place.suffix}"
    return [{"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name}, "handler": "nowhere"}]


STARTING = {
    "config-missing": Case("config-missing", lambda place: web(place, from_config()), patience=HURRY),
    "config-key-missing": Case(
        "config-missing",
        lambda place: web(place, from_config()),
        before=lambda _: [item("v1", "ConfigMap", name="settings", data={"other": "x"})],
        patience=HURRY,
    ),
    "secret-volume-missing": Case(
        "config-missing",
        lambda place: web(place, MOUNT, volumes=[{"name": "files", "secret": {"secretName": "login"}}]),
        patience=HURRY,
    ),
    "container-config-refused": Case(
        "container-config-refused",
        lambda place: web(
            place,
            {"volumeMounts": [{"name": "files", "mountPath": "/files", "subPathExpr": "$(NOT_SET)"}]},
            volumes=[{"name": "files", "emptyDir": {}}],
        ),
        patience=HURRY,
    ),
    "run-as-root-refused": Case(
        "run-as-root-refused",
        lambda place: web(place, {"securityContext": {"runAsNonRoot": True}}),
        waits("CreateContainerConfigError"),
    ),
    "command-not-found": Case("command-not-found", lambda place: web(place, {"command": ["serve"]}), NOT_RUN),
    "command-not-executable": Case(
        "command-not-executable", lambda place: web(place, {"command": ["/bin/plain"]}), NOT_RUN
    ),
    "run-container-error": Case(
        "run-container-error", lambda place: web(place, {"workingDir": "/bin/plain"}), patience=HURRY
    ),
    "sandbox-failing": Case(
        "sandbox-failing",
        lambda place: web(place, runtimeClassName=f"nowhere-{place.suffix}"),
        before=with_runtime_class,
        patience=HURRY,
    ),
    "volume-not-mounting": Case(
        "volume-not-mounting",
        lambda place: web(
            place, MOUNT, volumes=[{"name": "files", "hostPath": {"path": "/no/such/folder", "type": "Directory"}}]
        ),
        patience=HURRY,
    ),
    "init-container-failing": Case(
        "init-container-failing",
        lambda place: web(
            place,
            initContainers=[
                {"name": "migrate", "image": place.image, "command": shell("echo the database is away; exit 4")}
            ],
        ),
        ended(2),
    ),
}

RUNNING = {
    "crash-loop": Case(
        "crash-loop", lambda place: web(place, {"command": shell("echo the database is away; exit 3")}), ended(2)
    ),
    "crash-by-signal": Case(
        "crash-loop", lambda place: web(place, {"command": shell("/bin/sh -c 'kill -SEGV $$$$'; exit $?")}), ended(2)
    ),
    "exits-with-zero": Case("crash-loop", lambda place: web(place, {"command": shell("echo done")}), ended(2)),
    "oom-killed": Case(
        "oom-killed",
        lambda place: web(
            place,
            {"command": shell("/bin/busybox tail /dev/zero"), "resources": {"limits": {"memory": "16Mi"}}},
        ),
        ended(2),
    ),
    # The event that says so may be late: a busy kubelet sends a few of them a second.
    "liveness-killed": Case(
        "liveness-killed",
        lambda place: web(place, {"livenessProbe": SAYS_NO, "readinessProbe": SAYS_NO}),
        both(ended(2), told("Killing", words="failed liveness probe")),
        patience=6,
    ),
    "startup-killed": Case(
        "startup-killed",
        lambda place: web(place, {"startupProbe": SAYS_NO}),
        both(ended(2), told("Killing", words="failed startup probe")),
        patience=6,
    ),
    "startup-probe-failing": Case(
        "startup-probe-failing",
        lambda place: web(place, {"startupProbe": {**SAYS_NO, "failureThreshold": 600}}),
        wait="15s",
    ),
    "readiness-failing": Case(
        "readiness-failing", lambda place: web(place, {"readinessProbe": SAYS_NO}), patience=2 * HURRY
    ),
    "never-ready": Case(
        "never-ready",
        lambda place: web(place, {"readinessProbe": {**SAYS_NO, "initialDelaySeconds": 60}}),
        patience=HURRY,
    ),
    "readiness-gate-unmet": Case(
        "readiness-gate-unmet",
        lambda place: web(place, readinessGates=[{"conditionType": "example.com/balanced"}]),
        patience=HURRY,
    ),
    "many-pods-with-one-cause": Case(
        "crash-loop",
        lambda place: [
            workload(
                "Deployment",
                {
                    "terminationGracePeriodSeconds": 0,
                    "containers": [{"name": "web", "image": place.image, "command": shell("exit 3")}],
                },
                replicas=3,
                selector={"matchLabels": LABELS},
            )
        ],
        ended(2),
    ),
}

CASES = STARTING | RUNNING
