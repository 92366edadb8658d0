"""Docker, containerd and CRI-O say the same in different words; a person reads the same sentence."""

from __future__ import annotations

import pytest

from tests.unit.diagnosis.objects import IMAGE, causes, container_status, event, only_cause, pod, terminated, waiting

PULLS = [
    # Docker
    ("image-not-found", "Error response from daemon: manifest for {image} not found: manifest unknown"),
    ("image-not-found", "Error response from daemon: repository {image} not found: name unknown"),
    (
        "image-not-allowed",
        (
            "Error response from daemon: pull access denied for team/hello, repository does not exist or may require "
            "'docker login': denied: requested access to the resource is denied"
        ),
    ),
    ("image-not-allowed", 'Error response from daemon: Get "https://{image}": unauthorized: authentication required'),
    ("image-not-allowed", "Error response from daemon: Head https://x/v2/: no basic auth credentials"),
    (
        "registry-unreachable",
        (
            'Error response from daemon: Get "https://x/v2/": net/http: request canceled while waiting for connection '
            "(Client.Timeout exceeded while awaiting headers)"
        ),
    ),
    ("registry-unreachable", "Error response from daemon: received unexpected HTTP status: 503 Service Unavailable"),
    ("registry-not-trusted", 'Get "https://x/v2/": http: server gave HTTP response to HTTPS client'),
    ("registry-throttled", "Error response from daemon: toomanyrequests: You have reached your pull rate limit."),
    ("wrong-architecture", "no matching manifest for linux/arm64/v8 in the manifest list entries"),
    ("node-disk-full", "failed to register layer: write /lib/x: no space left on device"),
    # containerd
    (
        "image-not-found",
        (
            'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": failed to resolve reference '
            '"{image}": {image}: not found'
        ),
    ),
    (
        "image-not-allowed",
        (
            'failed to resolve reference "{image}": pull access denied, repository does not exist or may require '
            "authorization: server message: insufficient_scope: authorization failed"
        ),
    ),
    (
        "image-not-allowed",
        (
            'failed to resolve reference "{image}": failed to authorize: failed to fetch anonymous token: unexpected '
            "status: 401 Unauthorized"
        ),
    ),
    (
        "image-not-allowed",
        'failed to resolve reference "{image}": unexpected status from HEAD request to https://x/v2/: 403 Forbidden',
    ),
    (
        "registry-unreachable",
        (
            'failed to resolve reference "{image}": failed to do request: Head "https://x/v2/": dial tcp 10.0.0.1:443: '
            "i/o timeout"
        ),
    ),
    (
        "registry-unreachable",
        (
            'failed to resolve reference "{image}": failed to do request: Head "https://x/v2/": dial tcp: lookup x on '
            "10.0.0.1:53: no such host"
        ),
    ),
    (
        "registry-not-trusted",
        (
            'failed to resolve reference "{image}": failed to do request: Head "https://x/v2/": x509: certificate '
            "signed by unknown authority"
        ),
    ),
    (
        "registry-throttled",
        (
            "failed to copy: httpReadSeeker: failed open: unexpected status code https://x/v2/: 429 Too Many Requests "
            "- Server message: toomanyrequests"
        ),
    ),
    (
        "wrong-architecture",
        'failed to pull and unpack image "{image}": no match for platform in manifest: not found',
    ),
    # CRI-O
    ("image-not-found", "reading manifest 1 in registry.example/team/hello: manifest unknown: manifest unknown"),
    (
        "image-not-allowed",
        "reading manifest 1 in registry.example/team/hello: requested access to the resource is denied",
    ),
    ("image-not-allowed", "initializing source docker://{image}: unable to retrieve auth token: unauthorized"),
    (
        "registry-unreachable",
        'pinging container registry x: Get "https://x/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
    ),
    (
        "wrong-architecture",
        'choosing image instance: no image found in manifest list for architecture arm64, variant "v8", OS linux',
    ),
    # the kubelet itself
    ("invalid-image-name", 'Failed to apply default image tag "A B": couldn\'t parse image reference "A B"'),
    ("image-pull-failing", "something that nobody has seen before"),
]


@pytest.mark.parametrize(("cause_id", "words"), PULLS)
def test_a_failed_pull_has_the_same_cause_on_each_runtime(cause_id: str, words: str) -> None:
    status = container_status(state=waiting("ErrImagePull", words.format(image=IMAGE)))
    cause = only_cause(pod("hello-1", status))
    assert cause.id == cause_id
    assert cause.sentence.startswith("Pod hello-1 cannot start: ")
    assert "rpc error" not in cause.sentence


def test_docker_hub_does_not_tell_missing_from_private_and_neither_does_the_sentence() -> None:
    words = "pull access denied for hello, repository does not exist or may require 'docker login'"
    cause = only_cause(pod("hello-1", container_status(state=waiting("ErrImagePull", words))))
    assert cause.sentence == (
        f"Pod hello-1 cannot start: the image {IMAGE} does not exist, or its registry does not let the node pull it."
    )


def test_while_the_kubelet_backs_off_the_event_tells_why() -> None:
    stuck = pod("hello-1", container_status(state=waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"')))
    told = event(stuck, "Failed", 'Failed to pull image "x": manifest unknown', "hello")
    assert only_cause(stuck, told).id == "image-not-found"
    assert only_cause(stuck).id == "image-pull-failing"


def test_what_the_status_says_now_stands_above_an_older_event() -> None:
    stuck = pod("hello-1", container_status(state=waiting("ErrImagePull", "manifest unknown")))
    told = event(stuck, "Failed", 'Failed to pull image "x": dial tcp: connection refused', "hello")
    assert only_cause(stuck, told).id == "image-not-found"


def test_the_name_of_an_image_is_not_taken_for_the_reason() -> None:
    image = "registry.example/x509:unauthorized"
    stuck = pod("hello-1", container_status(state=waiting("ImagePullBackOff", f'Back-off pulling image "{image}"')))
    stuck["spec"]["containers"][0]["image"] = image
    assert only_cause(stuck).id == "image-pull-failing"


def test_the_event_is_believed_before_the_status_has_followed() -> None:
    stuck = pod("hello-1", container_status(state=waiting("ContainerCreating")))
    told = event(stuck, "Failed", 'Failed to pull image "x": manifest unknown', "hello")
    assert only_cause(stuck, told).id == "image-not-found"


def test_an_image_that_came_in_the_end_is_no_cause() -> None:
    starting = pod("hello-1", container_status(state=waiting("ContainerCreating")))
    told = event(starting, "Failed", 'Failed to pull image "x": i/o timeout', "hello")
    came = event(starting, "Pulled", "Successfully pulled image", "hello", lastTimestamp="2026-01-31T12:00:40Z")
    assert causes(starting, told, came) == ()


NEVER_RAN = [
    (
        "command-not-found",
        "the command serve does not exist",
        (
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
            'failed: unable to start container process: exec: "serve": executable file not found in $PATH: unknown'
        ),
    ),
    (
        "command-not-found",
        "the command serve does not exist",
        (
            'OCI runtime create failed: container_linux.go:370: starting container process caused: exec: "serve": '
            "executable file not found in $PATH: unknown"
        ),
    ),
    (
        "command-not-found",
        "the command serve does not exist",
        (
            'container create failed: time="2026-01-31T12:00:00Z" level=error msg="runc create failed: unable to start '
            'container process: exec: \\"serve\\": executable file not found in $PATH"'
        ),
    ),
    (
        "command-not-found",
        "the command serve does not exist",
        "container create failed: executable file `serve` not found in $PATH: No such file or directory",
    ),
    (
        "command-not-found",
        "the command /app/serve does not exist",
        'unable to start container process: exec: "/app/serve": stat /app/serve: no such file or directory: unknown',
    ),
    (
        "command-not-executable",
        "the command /app/serve in the image",
        'starting container process caused: exec: "/app/serve": permission denied: unknown',
    ),
    ("wrong-architecture", "is not made for the architecture of the node", "exec /app/serve: exec format error"),
    ("oom-killed", "is too low even to start it", "container init was OOM-killed (memory limit too low?): unknown"),
    (
        "run-container-error",
        'cannot run container hello: error mounting "/x" to rootfs at "/y": not a directory.',
        (
            'OCI runtime create failed: runc create failed: unable to start container process: error mounting "/x" to '
            'rootfs at "/y": not a directory: unknown'
        ),
    ),
]


@pytest.mark.parametrize(("cause_id", "why", "words"), NEVER_RAN)
@pytest.mark.parametrize("reason", ["ContainerCannotRun", "StartError"])
def test_a_container_that_never_ran_has_the_same_cause_on_each_runtime(
    cause_id: str, why: str, words: str, reason: str
) -> None:
    status = container_status(restarts=1, state=waiting("CrashLoopBackOff"), lastState=terminated(128, reason, words))
    cause = only_cause(pod("hello-1", status))
    assert cause.id == cause_id
    assert why in cause.sentence
    assert cause.patience.is_fatal_now
    assert "OCI runtime" not in cause.sentence


@pytest.mark.parametrize(
    ("code", "words", "cause_id"),
    [
        (127, "executable file not found in $PATH", "command-not-found"),
        (127, "no such file or directory", "command-not-found"),
        (126, "permission denied", "command-not-executable"),
        (126, "exec format error", "wrong-architecture"),
        (2, "exec format error", "wrong-architecture"),
        (2, "permission denied", "crash-loop"),
        (1, "exec format error", "crash-loop"),
    ],
)
def test_a_program_that_its_gate_could_not_start_has_never_run(code: int, words: str, cause_id: str) -> None:
    ended = terminated(code, "Error", f'exec: "/app/serve": {words}\n')
    status = container_status(restarts=1, state=waiting("CrashLoopBackOff"), lastState=ended)
    assert only_cause(pod("hello-1", status)).id == cause_id


@pytest.mark.parametrize(("cause_id", "why", "words"), NEVER_RAN)
@pytest.mark.parametrize("reason", ["CreateContainerError", "RunContainerError"])
def test_a_container_that_is_not_started_has_that_cause_too(cause_id: str, why: str, words: str, reason: str) -> None:
    cause = only_cause(pod("hello-1", container_status(state=waiting(reason, words))))
    assert cause.id == cause_id
    assert why in cause.sentence


def test_another_error_at_the_start_may_pass() -> None:
    busy = container_status(state=waiting("CreateContainerError", "context deadline exceeded"))
    assert only_cause(pod("hello-1", busy)).patience.grace == 30
