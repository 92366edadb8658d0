"""Containers beside the application's own, and those that run before it."""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft, Place
from cdkit_manifests.enrichers.environment import write_variables
from cdkit_manifests.enrichers.image import pull_policy
from cdkit_manifests.enrichers.ports import is_legal
from cdkit_manifests.enrichers.resources import write_resources
from cdkit_manifests.names import object_name
from cdkit_manifests.settings.parts import ContainerSettings
from cdkit_manifests.wish import Wish

RESTARTABLE_SINCE = (1, 29)
"""From here on a sidecar is an init container that goes on running: it starts before the application and ends after it.
https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/"""


def enrich(wish: Wish, draft: Draft) -> None:
    """Write init containers in their order, and sidecars."""
    can_restart = wish.kubernetes >= RESTARTABLE_SINCE
    for name, said in wish.settings.sidecars.items():
        container = _write(wish, draft, "sidecars", "initContainers" if can_restart else "containers", name, said)
        if can_restart and container is not None:
            container.put("restartPolicy", "Always")
    for name, said in wish.settings.init.items():
        _write(wish, draft, "init", "initContainers", name, said)


def _write(wish: Wish, draft: Draft, group: str, field: str, name: str, said: ContainerSettings) -> Place | None:
    source = wish.source(group, name)
    if object_name(name) != name:
        draft.refuse(f"{name!r} cannot be the name of a container.", source, f"Use {object_name(name)!r}.")
        return None
    image = said.image or wish.image
    draft.pod.append(field, {"name": name, "image": image}, source)
    container = draft.pod.entry(field, len(draft.pod.value[field]) - 1)
    container.put("imagePullPolicy", said.pull_policy or pull_policy(image), source if said.pull_policy else None)
    for key, value in (("command", said.command), ("args", said.args)):
        if value:
            container.put(key, value)
    for port, number in said.ports.items():
        if not is_legal(port):
            draft.refuse(f"{port!r} cannot be the name of a port.", wish.source(group, name, "ports", port))
        container.append("ports", {"name": port, "containerPort": number, "protocol": "TCP"})
    write_variables(wish, draft, container, said.env, (group, name, "env"))
    write_resources(draft, container, said.resources, wish.source(group, name, "resources"))
    _write_security(container, said)
    _write_mounts(wish, draft, container, said.mounts, (group, name, "mounts"))
    return container


def _write_security(container: Place, said: ContainerSettings) -> None:
    context: dict[str, Any] = {} if said.user is None else {"runAsUser": said.user}
    context["allowPrivilegeEscalation"] = False
    context["capabilities"] = {"drop": ["ALL"]}
    context["readOnlyRootFilesystem"] = said.read_only_root is not False
    container.put("securityContext", context)


def _write_mounts(wish: Wish, draft: Draft, container: Place, mounts: dict[str, str], path: tuple[str, ...]) -> None:
    known = {volume["name"] for volume in draft.pod.value.get("volumes", ())}
    known |= {claim["metadata"]["name"] for claim in draft.workload.value["spec"].get("volumeClaimTemplates", ())}
    for volume, folder in mounts.items():
        if volume not in known:
            remedy = f"There are: {', '.join(sorted(known))}." if known else "Say it under `volumes`."
            draft.refuse(f"There is no volume {volume!r}.", wish.source(*path, volume), remedy)
        container.append("volumeMounts", {"name": volume, "mountPath": folder}, wish.source(*path, volume))
