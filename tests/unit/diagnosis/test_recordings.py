"""What a person reads about each Deployment that was recorded on a real cluster (see `record.py`)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cdkit.diagnosis.verdict import Cause
from cdkit.testing.pytest_plugin import Golden
from tests.unit.diagnosis.recorded import RECORDINGS, described, recording


class Expected(NamedTuple):
    """The first cause: its id, its grace in seconds (0 is fatal now, None never), its sentence, and its evidence."""

    cause: str
    grace: float | None
    sentence: str
    evidence: str


IMAGE = "127.0.0.1:5000/recorded/hello:1"

EXPECTED = {
    "image-not-found": Expected(
        "image-not-found",
        0,
        "Pod {pod} cannot start: the image 127.0.0.1:5000/recorded/hello:nope does not exist in its registry.",
        "manifest unknown",
    ),
    "image-repository-not-found": Expected(
        "image-not-found",
        0,
        "Pod {pod} cannot start: the image 127.0.0.1:5000/recorded/nothing:1 does not exist in its registry.",
        "manifest unknown",
    ),
    "registry-unreachable": Expected(
        "registry-unreachable",
        30,
        "Pod {pod} cannot start: the node does not get an answer from the registry 127.0.0.1:5999 for the image "
        "127.0.0.1:5999/hello:1.",
        "connect: connection refused",
    ),
    "registry-unknown-host": Expected(
        "registry-unreachable",
        30,
        "Pod {pod} cannot start: the node does not get an answer from the registry registry.invalid for the image "
        "registry.invalid/hello:1.",
        "no such host",
    ),
    "invalid-image-name": Expected(
        "invalid-image-name",
        0,
        "Pod {pod} cannot start: 127.0.0.1:5000/Hello:1 is not a valid name of an image.",
        "repository name must be lowercase",
    ),
    "image-never-pulled": Expected(
        "image-never-pulled",
        0,
        "Pod {pod} cannot start: the image 127.0.0.1:5000/recorded/never:1 is not on the node, and imagePullPolicy "
        "Never forbids to pull it.",
        "is not present with pull policy of Never",
    ),
    "wrong-architecture": Expected(
        "crash-loop",
        0,
        "Pod {pod} keeps crashing: container hello ended with exit code 1.",
        "container hello ended with exit code 1",
    ),
    "command-not-found": Expected(
        "command-not-found",
        0,
        f"Pod {{pod}} cannot start: the command serve-hello does not exist in the image {IMAGE}.",
        "executable file not found in $PATH",
    ),
    "command-no-such-file": Expected(
        "command-not-found",
        0,
        f"Pod {{pod}} cannot start: the command /bin/serve-hello does not exist in the image {IMAGE}.",
        "stat /bin/serve-hello: no such file or directory",
    ),
    "command-not-executable": Expected(
        "command-not-executable",
        0,
        f"Pod {{pod}} cannot start: the command /bin/plain in the image {IMAGE} is not executable.",
        "permission denied",
    ),
    "working-directory": Expected(
        "run-container-error",
        30,
        "Pod {pod} cannot start: the node's runtime cannot run container hello: Cannot mkdir: /bin/plain is not a "
        "directory.",
        "Error response from daemon: Cannot mkdir",
    ),
    "crash-once": Expected(
        "crash-loop",
        30,
        "Pod {pod} has crashed: container hello ended with exit code 3.",
        "container hello ended with exit code 3",
    ),
    "crash-loop": Expected(
        "crash-loop",
        0,
        "Pod {pod} keeps crashing: container hello ended with exit code 3, twice so far.",
        "Back-off restarting failed container",
    ),
    "crash-by-signal": Expected(
        "crash-loop",
        0,
        "Pod {pod} keeps crashing: container hello was killed by SIGSEGV (exit code 139), twice so far.",
        "container hello ended with exit code 139",
    ),
    "exits-with-zero": Expected(
        "crash-loop",
        0,
        "Pod {pod} does not keep running: container hello ended with exit code 0, twice so far.",
        "Back-off restarting failed container",
    ),
    "oom-killed": Expected(
        "oom-killed",
        0,
        "Pod {pod} runs out of memory: container hello was killed at its memory limit of 16Mi.",
        "OOMKilled",
    ),
    "config-map-missing": Expected(
        "config-missing",
        10,
        "Pod {pod} cannot start: the ConfigMap hello does not exist, and container hello needs it.",
        'configmap "hello" not found',
    ),
    "config-map-key-missing": Expected(
        "config-missing",
        10,
        "Pod {pod} cannot start: the ConfigMap hello has no key greeting, and container hello needs it.",
        "couldn't find key greeting in ConfigMap",
    ),
    "secret-missing": Expected(
        "config-missing",
        10,
        "Pod {pod} cannot start: the Secret hello does not exist, and container hello needs it.",
        'secret "hello" not found',
    ),
    "secret-key-missing": Expected(
        "config-missing",
        10,
        "Pod {pod} cannot start: the Secret hello has no key token, and container hello needs it.",
        "couldn't find key token in Secret",
    ),
    "run-as-non-root": Expected(
        "run-as-root-refused",
        0,
        "Pod {pod} cannot start: container hello must not run as root (runAsNonRoot), and its image "
        f"{IMAGE} runs as root.",
        "container has runAsNonRoot and image will run as root",
    ),
    "unschedulable-cpu": Expected(
        "unschedulable",
        30,
        "Pod {pod} cannot be placed on a node: not enough free cpu, it asks for 999 (the only node).",
        "0/1 nodes are available: 1 Insufficient cpu.",
    ),
    "unschedulable-node-selector": Expected(
        "unschedulable",
        30,
        "Pod {pod} cannot be placed on a node: its node selector or node affinity does not match (the only node).",
        "node(s) didn't match",
    ),
    "unschedulable-volume-claim": Expected(
        "volume-claim-missing",
        30,
        "Pod {pod} cannot be placed on a node: its PersistentVolumeClaim nope does not exist.",
        'persistentvolumeclaim "nope" not found',
    ),
    "readiness-failing": Expected(
        "readiness-failing",
        120,
        "Pod {pod} is running but not ready: the readiness probe of container hello fails (not yet).",
        "Readiness probe failed: not yet",
    ),
    "readiness-refused": Expected(
        "readiness-failing",
        120,
        'Pod {pod} is running but not ready: the readiness probe of container hello fails (Get "http://{ip}:8080/": '
        "dial tcp {ip}:8080: connect: connection refused).",
        "connection refused",
    ),
    "startup-failing": Expected(
        "startup-probe-failing",
        None,
        "Pod {pod} is running but has not started up: the startup probe of container hello fails (not yet).",
        "Startup probe failed: not yet",
    ),
    "liveness-killed": Expected(
        "liveness-killed",
        60,
        "Pod {pod} is restarted by Kubernetes: the liveness probe of container hello fails (not yet); killed once so "
        "far.",
        "Liveness probe failed: not yet",
    ),
    "liveness-killed-twice": Expected(
        "liveness-killed",
        0,
        "Pod {pod} is restarted by Kubernetes: the liveness probe of container hello fails (not yet); killed twice so "
        "far.",
        "Container hello failed liveness probe, will be restarted",
    ),
    "init-container-failing": Expected(
        "init-container-failing",
        0,
        "Pod {pod} cannot start: init container migrate ended with exit code 4.",
        "container migrate ended with exit code 4",
    ),
    "init-container-image": Expected(
        "image-not-found",
        0,
        "Pod {pod} cannot start: the image 127.0.0.1:5000/recorded/hello:nope does not exist in its registry.",
        "manifest unknown",
    ),
    "quota-exceeded": Expected(
        "quota-exceeded",
        30,
        "Deployment hello cannot create its pods: the ResourceQuota small does not allow it (requested pods=1; used "
        "pods=1 of pods=1).",
        "exceeded quota: small",
    ),
    "quota-needs-resources": Expected(
        "quota-exceeded",
        0,
        "Deployment hello cannot create its pods: the ResourceQuota small asks every container for limits.memory.",
        "must specify limits.memory",
    ),
    "limit-range": Expected(
        "limit-range-violated",
        0,
        "Deployment hello cannot create its pods: a LimitRange of the namespace does not allow it (maximum memory "
        "usage per Container is 32Mi, but limit is 64Mi).",
        "maximum memory usage per Container",
    ),
    "service-account-missing": Expected(
        "service-account-missing",
        10,
        "Deployment hello cannot create its pods: the ServiceAccount nope does not exist.",
        'serviceaccount "nope" not found',
    ),
    "pod-security-policy": Expected(
        "pod-security-refused",
        0,
        "Deployment hello cannot create its pods: no pod security policy allows it (spec.securityContext.hostNetwork: "
        "Invalid value: true: Host network is not allowed to be used).",
        "PodSecurityPolicy: unable to admit pod",
    ),
    "node-lost": Expected(
        "node-lost",
        360,
        "Pod {pod} is out of reach: the node node-7 does not answer.",
        "Node is not ready",
    ),
    "volume-config-map-missing": Expected(
        "config-missing",
        10,
        "Pod {pod} cannot start: the ConfigMap nope does not exist, and its volume files needs it.",
        'configmap "nope" not found',
    ),
    "volume-secret-key-missing": Expected(
        "config-missing",
        10,
        "Pod {pod} cannot start: the Secret hello has no key token, and its volume files needs it.",
        "references non-existent secret key: token",
    ),
    "volume-host-path": Expected(
        "volume-not-mounting",
        60,
        "Pod {pod} cannot start: its volume files cannot be mounted: hostPath type check failed: /no/such/folder is "
        "not a directory.",
        "hostPath type check failed",
    ),
    "progress-deadline": Expected(
        "readiness-failing",
        0,
        "Pod {pod} is running but not ready: the readiness probe of container hello fails (not yet).",
        "Readiness probe failed: not yet",
    ),
}

HEALTHY = {"healthy", "one-of-many-crashes"}


def first_cause(case: str) -> Cause:
    return recording(case).verdict().causes[0]


def sentence(case: str, expected: Expected) -> str:
    pods = recording(case).pods
    if not pods:
        return expected.sentence
    return expected.sentence.format(pod=pods[0]["metadata"]["name"], ip=pods[0]["status"].get("podIP"))


def test_each_recording_is_looked_at() -> None:
    assert {path.stem for path in RECORDINGS.glob("*.json")} == {*EXPECTED, *HEALTHY}


@pytest.mark.parametrize("case", EXPECTED)
def test_the_cause_is_named_for_a_person_and_for_a_program(case: str) -> None:
    cause, expected = first_cause(case), EXPECTED[case]
    assert cause.sentence == sentence(case, expected)
    assert (cause.id, cause.patience.grace) == (expected.cause, expected.grace)


@pytest.mark.parametrize("case", EXPECTED)
def test_the_cause_is_proved_and_has_a_remedy(case: str) -> None:
    cause = first_cause(case)
    assert any(EXPECTED[case].evidence in line for line in cause.evidence)
    assert cause.remedy


@pytest.mark.parametrize("case", [case for case, known in EXPECTED.items() if known.cause == "config-missing"])
def test_what_is_missing_is_to_be_made_or_named_otherwise(case: str) -> None:
    expected = "Create it in the namespace of the pod, or correct the name in the manifest."
    assert first_cause(case).remedy == expected


@pytest.mark.parametrize("case", EXPECTED)
def test_a_sentence_is_one_line_without_the_runtimes_own_noise(case: str) -> None:
    text = first_cause(case).sentence
    assert "\n" not in text
    assert "rpc error" not in text
    assert "OCI runtime" not in text


@pytest.mark.parametrize("case", EXPECTED)
def test_the_verdict_fails_just_when_the_cause_is_fatal_now(case: str) -> None:
    assert recording(case).verdict().state == ("failed" if EXPECTED[case].grace == 0 else "progressing")


def test_a_deployment_that_is_up_has_succeeded() -> None:
    verdict = recording("healthy").verdict()
    assert (verdict.state, verdict.summary) == ("succeeded", "2 of 2 replicas updated, 2 available")
    assert verdict.causes == ()


def test_one_unlucky_pod_of_many_is_given_more_time() -> None:
    verdict = recording("one-of-many-crashes").verdict()
    assert verdict.state == "progressing"
    assert verdict.summary == "4 of 4 replicas updated, 3 available"
    assert [(cause.id, cause.patience.grace) for cause in verdict.causes] == [("crash-loop", 120)]


def test_a_passed_deadline_is_told_after_the_reason_for_it() -> None:
    causes = recording("progress-deadline").verdict().causes
    assert [cause.id for cause in causes] == ["readiness-failing", "progress-deadline"]
    assert causes[1].sentence == "Deployment hello made no progress for 5 seconds (progressDeadlineSeconds)."


def test_what_a_person_reads_of_what_the_test_cluster_cannot_show_is_reviewed(golden: Golden) -> None:
    shown = [described(case, recording(case).verdict()) for case in ("node-lost", "pod-security-policy")]
    golden("recordings.txt", "\n\n".join(shown) + "\n")


def test_the_log_that_tells_more_is_named() -> None:
    assert first_cause("crash-loop").log == "current"
    assert first_cause("crash-once").log == "previous"
    assert first_cause("image-not-found").log is None
