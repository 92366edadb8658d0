"""Why a container with its image at hand is not started: its settings, its command, or the runtime.

The words are those of runc and crun, quoted by Docker, containerd and CRI-O, and of the kubelet
(`pkg/kubelet/kuberuntime/kuberuntime_container.go`).
"""

from __future__ import annotations

import re

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.container import container_cause, noun
from cdkit.diagnosis.events import latest
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience
from cdkit.diagnosis.wording import quoted

OBJECT_COMES_LATER = Patience.after(10)
"""A ConfigMap or Secret may be made by a controller (External Secrets, Sealed Secrets) after the pod."""

MAKE_IT = "Create it in the namespace of the pod, or correct the name in the manifest."
"""What to do about a ConfigMap or Secret that is missing, or a key of one."""

RETRIED = Patience.after(30)
STILL_CREATING = frozenset({"", "ContainerCreating", "PodInitializing"})
NOT_STARTED = frozenset({"CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError"})

_MISSING_OBJECT = re.compile(r'\b(?P<kind>configmap|secret)s? "(?P<name>[^"]+)" not found', re.IGNORECASE)
_MISSING_KEY = re.compile(r"couldn't find key (?P<key>\S+) in (?P<kind>ConfigMap|Secret) \S*?/?(?P<name>[^/\s]+)$")
_KINDS = {"configmap": "ConfigMap", "secret": "Secret"}

_COMMAND_NOT_FOUND = re.compile(
    r'exec: \\?"(?P<runc>[^"\\]*)\\?":(?:(?: stat [^:]*:)? no such file or directory| executable file not found)'
    r"|executable file [`'](?P<crun>[^`']*)[`'] not found"
    r"|exec (?P<path>\S+): no such file or directory"
    r"|fork/exec (?P<fork>\S+): no such file or directory"
)
_COMMAND_NOT_EXECUTABLE = re.compile(
    r'exec: \\?"(?P<runc>[^"\\]*)\\?":(?: stat [^:]*:)? (?:permission denied|is a directory)'
    r"|exec (?P<path>\S+): permission denied"
    r"|open executable: Permission denied"
)
_WRONG_ARCHITECTURE = re.compile(r"exec format error", re.IGNORECASE)
_OOM_AT_START = re.compile(r"container init was OOM-killed", re.IGNORECASE)
_RUNTIME_PREFIX = re.compile(
    r"^.*(?:unable to start container process|starting container process caused|container create failed"
    r"|Error response from daemon):\s+",
    re.DOTALL,
)


def root_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """`runAsNonRoot` is asked for, and the image would run as root."""
    if container.reason != "CreateContainerConfigError" or "runAsNonRoot" not in container.message:
        return None
    why = (
        f"its image {quoted(container.image)} names its user by a name, which may be root"
        if "non-numeric" in container.message
        else f"its image {quoted(container.image)} runs as root"
    )
    return container_cause(
        pod,
        container,
        "run-as-root-refused",
        f"Pod {pod.name} cannot start: {noun(container)} must not run as root (runAsNonRoot), and {why}.",
        remedy="Give the image a numeric USER, or the container a securityContext.runAsUser.",
        patience=FATAL_NOW,
    )


def config_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """A ConfigMap or Secret, or a key of one, that the container's environment needs is missing."""
    if container.reason != "CreateContainerConfigError":
        return None
    if missing := missing_config(container.message):
        return container_cause(
            pod,
            container,
            "config-missing",
            f"Pod {pod.name} cannot start: {missing}, and {noun(container)} needs it.",
            remedy=MAKE_IT,
            patience=OBJECT_COMES_LATER,
        )
    return container_cause(
        pod,
        container,
        "container-config-refused",
        f"Pod {pod.name} cannot start: the settings of {noun(container)} cannot be used: {quoted(container.message)}.",
        remedy="Correct what the message names in the manifest of the pod.",
        patience=RETRIED,
    )


def missing_config(message: str) -> str:
    """What the kubelet misses, as `the Secret hello has no key token`; empty when that is not what it says."""
    if key := _MISSING_KEY.search(message):
        return f"the {key['kind']} {quoted(key['name'])} has no key {quoted(key['key'])}"
    if missing := _MISSING_OBJECT.search(message):
        return f"the {_KINDS[missing['kind'].lower()]} {quoted(missing['name'])} does not exist"
    return ""


def command_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """The command cannot be run: it is not there, not executable, or made for another machine."""
    words = _words_at_start(container) or _words_told(container)
    if found := _COMMAND_NOT_FOUND.search(words):
        return _unusable_command(
            pod,
            container,
            "command-not-found",
            f"the command {_command(found, container)} does not exist in the image {quoted(container.image)}",
            remedy="Correct `command` in the manifest or ENTRYPOINT in the Dockerfile, or add the program to the "
            "image; a script's first line (#!) must name an interpreter that the image has.",
        )
    if found := _COMMAND_NOT_EXECUTABLE.search(words):
        return _unusable_command(
            pod,
            container,
            "command-not-executable",
            f"the command {_command(found, container)} in the image {quoted(container.image)} is not executable",
            remedy="Set the file's executable bit in the image (`COPY --chmod=755`, `chmod +x`), or name a program.",
        )
    if _WRONG_ARCHITECTURE.search(words):
        return _unusable_command(
            pod,
            container,
            "wrong-architecture",
            f"the command of {noun(container)} is not made for the architecture of the node",
            remedy="Build the image for the node's architecture; a script needs a first line (#!) too.",
        )
    return None


def start_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """The runtime cannot start the container, for another reason."""
    words = _words_at_start(container)
    if not words:
        return None
    if _OOM_AT_START.search(words):
        return container_cause(
            pod,
            container,
            "oom-killed",
            f"Pod {pod.name} cannot start: the memory limit of {noun(container)} is too low even to start it.",
            remedy="Raise resources.limits.memory.",
            patience=FATAL_NOW,
        )
    is_lasting = container.is_backing_off or container.endings > 1
    return container_cause(
        pod,
        container,
        "run-container-error",
        f"Pod {pod.name} cannot start: the node's runtime cannot run {noun(container)}: {_gist(words)}.",
        remedy="Read the runtime's words: they name the mount, folder or setting that does not work.",
        patience=FATAL_NOW if is_lasting else RETRIED,
    )


def _unusable_command(pod: PodStatus, container: ContainerStatus, cause_id: CauseId, why: str, *, remedy: str) -> Cause:
    return container_cause(
        pod,
        container,
        cause_id,
        f"Pod {pod.name} cannot start: {why}.",
        remedy=remedy,
        patience=FATAL_NOW,
    )


def _words_at_start(container: ContainerStatus) -> str:
    """What was said when the container was to be started; empty when it was started."""
    if container.state == "waiting" and container.reason in NOT_STARTED:
        return container.message or container.reason
    ended = container.ended
    if ended is not None and container.state != "running" and ended.never_ran:
        return ended.message or ended.reason
    return ""


def _words_told(container: ContainerStatus) -> str:
    """What an event says that is ahead of the status, by which the container is still being made."""
    if container.state != "waiting" or container.reason not in STILL_CREATING:
        return ""
    failed = latest(container.events, lambda event: event.reason == "Failed")
    started = latest(container.events, lambda event: event.reason == "Started")
    return "" if failed is None or (started is not None and started.time > failed.time) else failed.message


def _command(found: re.Match[str], container: ContainerStatus) -> str:
    named = next((name for name in found.groupdict().values() if name), "")
    return quoted(named or next(iter(container.spec.get("command") or ()), "") or "of the image")


def _gist(words: str) -> str:
    return quoted(_RUNTIME_PREFIX.sub("", words, count=1).removesuffix(": unknown"))
