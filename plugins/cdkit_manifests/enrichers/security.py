"""A security context that takes away what a service never needs.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ (the level `restricted`)
"""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.ports import named_ports
from cdkit_manifests.enrichers.volumes import mount, mounted_paths
from cdkit_manifests.names import object_name
from cdkit_manifests.wish import Known, Wish

FIRST_UNPRIVILEGED = 1024
_FOR_A_SERVER_AS_ROOT = ["CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"]
"""What a server needs that starts as root and goes on as a user of its own, as nginx and Apache do."""
_UNSAFE_BEFORE = (1, 22)
_TMP = "/tmp"  # noqa: S108 -- a path in the container


def enrich(wish: Wish, draft: Draft) -> None:
    """Drop privileges, demand a user other than root, and give room for the files that must be written."""
    said = wish.settings.security
    user = _user(wish, draft)
    _write_pod(wish, draft, user)
    read_only = _keeps_to_itself(wish)
    _write_container(wish, draft, user, read_only)
    if read_only.value:
        _write_room(wish, draft)
    elif said.read_only_root is None:
        draft.warn(f"It writes among its own files ({read_only.source}), so they are not read-only.")


def _user(wish: Wish, draft: Draft) -> Known:
    """The numeric user that is not root, or nothing where the container may run as root; then with a warning."""
    said = wish.settings.security
    user = wish.fact("user") if said.user is None else Known(said.user, wish.source("security", "user"))
    if isinstance(user.value, int) and user.value != 0:
        return user
    if not said.allow_root and not said.privileged:
        draft.warn(_warning(user))
    return Known(None, user.source)


def _warning(user: Known) -> str:
    way = "write `USER 10001` into the Dockerfile, or say `security: {user: 10001}`; `allow_root: true` accepts it"
    if user.value in {0, "root"}:
        return f"The container runs as root ({user.source}): {way}."
    if user.value:
        return f"Kubernetes cannot see that {user.value!r} ({user.source}) is not root, for it has no number: {way}."
    return f"The image names no user, so the container may run as root: {way}."


def _write_pod(wish: Wish, draft: Draft, user: Known) -> None:
    said = wish.settings.security
    context = draft.pod.at("securityContext")
    if user.value is not None:
        context.put("runAsNonRoot", value=True, source=user.source)
        context.put("runAsUser", user.value, user.source)
    if said.group is not None:
        context.put("runAsGroup", said.group, wish.source("security", "group"))
    group = said.fs_group if said.fs_group is not None else user.value
    if said.fs_group is not None or (group is not None and _has_claims(draft)):
        context.put("fsGroup", group, wish.source("security", "fs_group") or user.source)
        context.put("fsGroupChangePolicy", "OnRootMismatch")
    if user.value is not None and _has_low_ports(wish) and wish.kubernetes >= _UNSAFE_BEFORE:
        context.put("sysctls", [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}])
    if said.seccomp not in {"", "RuntimeDefault", "Unconfined"}:
        profile = {"type": "Localhost", "localhostProfile": said.seccomp}
    else:
        profile = {"type": said.seccomp or "RuntimeDefault"}
    context.put("seccompProfile", profile, wish.source("security", "seccomp"))


def _write_container(wish: Wish, draft: Draft, user: Known, read_only: Known) -> None:
    said = wish.settings.security
    context = draft.container.at("securityContext")
    if said.privileged:
        context.put("privileged", value=True, source=wish.source("security", "privileged"))
        return
    context.put("allowPrivilegeEscalation", bool(said.allow_escalation), wish.source("security", "allow_escalation"))
    kept = list(said.capabilities) or (_FOR_A_SERVER_AS_ROOT if user.value is None and _has_low_ports(wish) else [])
    capabilities: dict[str, Any] = {"drop": ["ALL"]} | ({"add": list(kept)} if kept else {})
    context.put("capabilities", capabilities, wish.source("security", "capabilities"))
    context.put("readOnlyRootFilesystem", read_only.value, read_only.source)


def _keeps_to_itself(wish: Wish) -> Known:
    """Whether its own files can stay as they are, and who says so."""
    said = wish.settings.security.read_only_root
    if said is not None:
        return Known(said, wish.source("security", "read_only_root"))
    writer = next((known for known in _written(wish) if known.value.rstrip("/") == ""), None)
    return Known(value=True) if writer is None else Known(False, writer.source)  # noqa: FBT003 -- the value is the field


def _written(wish: Wish) -> list[Known]:
    """Every folder that must be written, and who says so."""
    found = [Known(path, fact.source) for fact in wish.project.candidates.get("writable", ()) for path in fact.value]
    source = wish.source("security", "writable")
    return [*found, *(Known(path, source) for path in wish.settings.security.writable)]


def _write_room(wish: Wish, draft: Draft) -> None:
    """With a read-only root, a place for temporary files is what nearly every program still needs."""
    for known in (Known(_TMP), *_written(wish)):
        folder = known.value.rstrip("/")
        if not folder.startswith("/"):
            draft.refuse(f"A folder to write to is an absolute path, not {known.value!r}.", known.source)
        elif folder not in mounted_paths(draft):
            name = object_name(folder)
            draft.pod.append("volumes", {"name": name, "emptyDir": {}}, known.source)
            mount(draft, name, folder, known.source)


def _has_low_ports(wish: Wish) -> bool:
    return any(port.number < FIRST_UNPRIVILEGED for port in named_ports(wish))


def _has_claims(draft: Draft) -> bool:
    volumes = draft.pod.value.get("volumes", ())
    return "volumeClaimTemplates" in draft.workload.value["spec"] or any("persistentVolumeClaim" in v for v in volumes)
