"""Records what a real cluster shows of Deployments that do not come up, for the tests beside this file.

    CDKIT_TEST_KUBECONFIG=... CDKIT_TEST_REGISTRY=... python tests/unit/diagnosis/record.py [CASE ...]

Needs `docker`, `kubectl` and Debian's `busybox-static`. Each case gets a namespace of its own, which is deleted
again, and ends as `recordings/CASE.json`: `{"deployment", "replicaSets", "pods", "events"}`, as the API server gave
them, without `managedFields`. Without arguments all cases are recorded, which takes some minutes.

`node-lost` and `pod-security-policy` would harm whoever else uses the cluster. They were recorded by hand on a control
plane of their own, of the same version and without any kubelet: a Node whose Lease nobody renews, with a pod that was
bound to it and said to be ready; and an API server with the admission plugin PodSecurityPolicy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

RECORDINGS = Path(__file__).parent / "recordings"
REGISTRY = os.environ.get("CDKIT_TEST_REGISTRY", "127.0.0.1:5000")
IMAGE = f"{REGISTRY}/recorded/hello:1"
LONGEST_WAIT = 180
SHARED = Path(tempfile.gettempdir()) / f"cdkit-recorded-{os.getpid()}"
"""A folder of the node (which is this machine) that the pods of one case share."""

Json = Any


class Case(NamedTuple):
    """What to deploy, and which words in the recording say that there is enough to see."""

    container: Json
    words: tuple[str, ...]
    pod: Json = {}
    replicas: int = 1
    before: tuple[Json, ...] = ()


def shell(script: str) -> list[str]:
    return ["/bin/busybox", "sh", "-c", script]


SLEEP = shell("trap 'exit 0' TERM; /bin/busybox sleep 3600 & wait")
NOT_YET = {"exec": {"command": shell("echo not yet; exit 1")}, "periodSeconds": 1, "failureThreshold": 2}


def config_map(name: str, **data: str) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def secret(name: str, **data: str) -> Json:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}


def quota(**hard: str) -> Json:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}}


def limit_range(**maximum: str) -> Json:
    limits = [{"type": "Container", "max": maximum}]
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "small"}, "spec": {"limits": limits}}


def env_from(kind: str, name: str, key: str) -> Json:
    return {"env": [{"name": "VALUE", "valueFrom": {f"{kind}KeyRef": {"name": name, "key": key}}}]}


MOUNT = {"volumeMounts": [{"name": "files", "mountPath": "/files"}]}

CASES: dict[str, Case] = {
    "healthy": Case({"command": SLEEP}, ('"availableReplicas": 2',), replicas=2),
    "image-not-found": Case({"image": f"{REGISTRY}/recorded/hello:nope"}, ("ImagePullBackOff",)),
    "image-repository-not-found": Case({"image": f"{REGISTRY}/recorded/nothing:1"}, ("ImagePullBackOff",)),
    "registry-unreachable": Case({"image": "127.0.0.1:5999/hello:1"}, ("ImagePullBackOff",)),
    "registry-unknown-host": Case({"image": "registry.invalid/hello:1"}, ("ImagePullBackOff",)),
    "invalid-image-name": Case({"image": f"{REGISTRY}/Hello:1"}, ('"reason": "InvalidImageName"',)),
    "image-never-pulled": Case(
        {"image": f"{REGISTRY}/recorded/never:1", "imagePullPolicy": "Never"},
        ('"reason": "ErrImageNeverPull"\n',),
    ),
    "wrong-architecture": Case({"command": ["/bin/foreign"]}, ("CrashLoopBackOff",)),
    "command-not-found": Case({"command": ["serve-hello"]}, ("CrashLoopBackOff",)),
    "command-no-such-file": Case({"command": ["/bin/serve-hello"]}, ("CrashLoopBackOff",)),
    "command-not-executable": Case({"command": ["/bin/plain"]}, ("CrashLoopBackOff",)),
    "working-directory": Case({"command": SLEEP, "workingDir": "/bin/plain"}, ("CreateContainerError",)),
    "crash-once": Case(
        {
            "command": shell("/bin/busybox sleep 4; exit 3"),
            "readinessProbe": {**NOT_YET, "initialDelaySeconds": 60},
        },
        ('"restartCount": 1', '"running": {'),
    ),
    "crash-loop": Case({"command": shell("echo no database; exit 3")}, ("CrashLoopBackOff", '"restartCount": 2')),
    # Kubernetes makes one `$` of two in a command.
    "crash-by-signal": Case(
        {"command": shell("/bin/busybox sh -c 'kill -SEGV $$$$'; exit $?")}, ("CrashLoopBackOff", '"restartCount": 2')
    ),
    "exits-with-zero": Case({"command": shell("exit 0")}, ("CrashLoopBackOff", '"restartCount": 2')),
    "oom-killed": Case(
        {
            "command": shell("/bin/busybox sleep 1; /bin/busybox tail /dev/zero"),
            "resources": {"limits": {"memory": "16Mi"}},
        },
        ("OOMKilled", "CrashLoopBackOff"),
    ),
    "config-map-missing": Case(
        {"command": SLEEP, **env_from("configMap", "hello", "greeting")}, ("CreateContainerConfigError",)
    ),
    "config-map-key-missing": Case(
        {"command": SLEEP, **env_from("configMap", "hello", "greeting")},
        ("couldn't find key", "CreateContainerConfigError"),
        before=(config_map("hello", other="x"),),
    ),
    "secret-missing": Case({"command": SLEEP, **env_from("secret", "hello", "token")}, ("CreateContainerConfigError",)),
    "secret-key-missing": Case(
        {"command": SLEEP, **env_from("secret", "hello", "token")},
        ("couldn't find key", "CreateContainerConfigError"),
        before=(secret("hello", other="x"),),
    ),
    "run-as-non-root": Case(
        {"command": SLEEP, "securityContext": {"runAsNonRoot": True}}, ("CreateContainerConfigError",)
    ),
    "unschedulable-cpu": Case({"command": SLEEP, "resources": {"requests": {"cpu": "999"}}}, ("Insufficient cpu",)),
    "unschedulable-node-selector": Case(
        {"command": SLEEP}, ("FailedScheduling",), pod={"nodeSelector": {"disk": "fast"}}
    ),
    "unschedulable-volume-claim": Case(
        {"command": SLEEP, **MOUNT},
        ("persistentvolumeclaim",),
        pod={"volumes": [{"name": "files", "persistentVolumeClaim": {"claimName": "nope"}}]},
    ),
    "readiness-failing": Case({"command": SLEEP, "readinessProbe": NOT_YET}, ("Readiness probe failed", '"startedAt"')),
    "readiness-refused": Case(
        {"command": SLEEP, "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}},
        ("Readiness probe failed", '"running": {'),
    ),
    "startup-failing": Case(
        {"command": SLEEP, "startupProbe": {**NOT_YET, "failureThreshold": 30}},
        ("Startup probe failed", '"running": {'),
    ),
    "liveness-killed": Case(
        {"command": SLEEP, "livenessProbe": NOT_YET, "readinessProbe": NOT_YET},
        ("failed liveness probe", '"restartCount": 1', '"running": {'),
    ),
    "liveness-killed-twice": Case(
        {"command": SLEEP, "livenessProbe": NOT_YET}, ("failed liveness probe", "CrashLoopBackOff")
    ),
    "init-container-failing": Case(
        {"command": SLEEP},
        ("CrashLoopBackOff",),
        pod={"initContainers": [{"name": "migrate", "image": IMAGE, "command": shell("echo no database; exit 4")}]},
    ),
    "init-container-image": Case(
        {"command": SLEEP},
        ("ImagePullBackOff",),
        pod={"initContainers": [{"name": "migrate", "image": f"{REGISTRY}/recorded/hello:nope"}]},
    ),
    "quota-exceeded": Case(
        {"command": SLEEP}, ("exceeded quota", "ReplicaFailure"), replicas=3, before=(quota(pods="1"),)
    ),
    "quota-needs-resources": Case(
        {"command": SLEEP}, ("failed quota", "ReplicaFailure"), before=(quota(**{"limits.memory": "1Gi"}),)
    ),
    "limit-range": Case(
        {"command": SLEEP, "resources": {"limits": {"memory": "64Mi"}}},
        ("maximum memory", "ReplicaFailure"),
        before=(limit_range(memory="32Mi"),),
    ),
    "service-account-missing": Case(
        {"command": SLEEP}, ("serviceaccount", "ReplicaFailure"), pod={"serviceAccountName": "nope"}
    ),
    "volume-config-map-missing": Case(
        {"command": SLEEP, **MOUNT},
        ("FailedMount",),
        pod={"volumes": [{"name": "files", "configMap": {"name": "nope"}}]},
    ),
    "volume-secret-key-missing": Case(
        {"command": SLEEP, **MOUNT},
        ("FailedMount",),
        pod={
            "volumes": [
                {"name": "files", "secret": {"secretName": "hello", "items": [{"key": "token", "path": "token"}]}}
            ]
        },
        before=(secret("hello", other="x"),),
    ),
    "volume-host-path": Case(
        {"command": SLEEP, **MOUNT},
        ("FailedMount",),
        pod={"volumes": [{"name": "files", "hostPath": {"path": "/no/such/folder", "type": "Directory"}}]},
    ),
    "progress-deadline": Case({"command": SLEEP, "readinessProbe": NOT_YET}, ("ProgressDeadlineExceeded",)),
    "one-of-many-crashes": Case(
        # One folder for all of them: the first that makes the file is the unlucky one.
        {
            "command": shell(
                "/bin/busybox mkdir /files/taken 2>/dev/null && echo $HOSTNAME > /files/taken/by;"
                ' if [ "$(/bin/busybox cat /files/taken/by)" = "$HOSTNAME" ]; then exit 5; fi;'
                " trap 'exit 0' TERM; /bin/busybox sleep 3600 & wait"
            ),
            **MOUNT,
        },
        ("CrashLoopBackOff", '"availableReplicas": 3'),
        pod={
            "volumes": [
                {
                    "name": "files",
                    "hostPath": {"path": str(SHARED), "type": "DirectoryOrCreate"},
                }
            ]
        },
        replicas=4,
    ),
}


def build_image() -> None:
    """One file of busybox, one that is not executable, and one of another machine."""
    busybox = shutil.which("busybox")
    assert busybox, "install busybox-static"
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        shutil.copy(busybox, context / "busybox")
        (context / "plain").write_text("plain\n")
        foreign = bytearray((context / "busybox").read_bytes())
        foreign[18:20] = b"\xb7\x00"  # e_machine of the ELF header: AArch64
        (context / "foreign").write_bytes(foreign)
        (context / "foreign").chmod(0o755)
        (context / "plain").chmod(0o644)
        (context / "Dockerfile").write_text("FROM scratch\nCOPY busybox foreign plain /bin/\nCOPY plain /tmp/\n")
        subprocess.run(["docker", "build", "-q", "-t", IMAGE, folder], check=True)
    subprocess.run(["docker", "push", "-q", IMAGE], check=True)


def kubectl(*arguments: str, given: Json = None) -> str:
    environment = {**os.environ, "KUBECONFIG": os.environ["CDKIT_TEST_KUBECONFIG"]}
    text = None if given is None else json.dumps(given)
    done = subprocess.run(
        ["kubectl", *arguments], env=environment, input=text, capture_output=True, text=True, check=True
    )
    return done.stdout


def deployment(case: Case) -> Json:
    labels = {"app": "hello"}
    container = {"name": "hello", "image": IMAGE, **case.container}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 1, **case.pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "hello", "labels": labels},
        "spec": {
            "replicas": case.replicas,
            "progressDeadlineSeconds": 5 if case.words == ("ProgressDeadlineExceeded",) else 600,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def look(namespace: str) -> Json:
    """The recording as it would be now."""

    def get(kind: str) -> Json:
        return json.loads(kubectl("-n", namespace, "get", kind, "-o", "json"))["items"]

    recording = {
        "deployment": get("deployments")[0],
        "replicaSets": get("replicasets"),
        "pods": get("pods"),
        "events": [event for event in get("events") if event["reason"] != "MissingClusterDNS"],
    }
    for item in [recording["deployment"], *recording["replicaSets"], *recording["pods"], *recording["events"]]:
        item["metadata"].pop("managedFields", None)
        item["metadata"].get("annotations", {}).pop("kubectl.kubernetes.io/last-applied-configuration", None)
    return recording


def record(name: str, case: Case) -> None:
    namespace = f"record-{name}"
    kubectl("create", "namespace", namespace)
    try:
        for item in (*case.before, deployment(case)):
            kubectl("-n", namespace, "create", "-f", "-", given=item)
        latest = time.monotonic() + LONGEST_WAIT
        while True:
            recording = look(namespace)
            text = json.dumps(recording, indent=1, sort_keys=True)
            missing = [word for word in case.words if word not in text]
            if not missing:
                break
            if time.monotonic() > latest:
                say(f"{name}: not seen: {missing}")
                break
            time.sleep(0.5)
        (RECORDINGS / f"{name}.json").write_text(text + "\n")
        say(f"{name}: recorded")
    finally:
        kubectl("delete", "namespace", namespace, "--wait=false")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(names: list[str]) -> None:
    build_image()
    RECORDINGS.mkdir(exist_ok=True)
    try:
        for name in names or CASES:
            record(name, CASES[name])
    finally:
        shutil.rmtree(SHARED, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
