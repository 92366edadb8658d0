"""A security context that takes away what a web service never needs.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ (the level `restricted`)
"""

from __future__ import annotations

from cdkit_manifests.draft import Draft, Wish


def enrich(wish: Wish, draft: Draft) -> None:
    """Drop privileges; demand a user other than root where the image is known to have one."""
    draft.pod.value["automountServiceAccountToken"] = False
    draft.pod.value["securityContext"] = {"seccompProfile": {"type": "RuntimeDefault"}}
    user = wish.project.get("user")
    if isinstance(user, int) and user != 0:
        draft.pod.value["securityContext"] |= {"runAsNonRoot": True, "runAsUser": user}
    else:
        draft.warn("The Dockerfile names no numeric USER, so the container may run as root.")
    draft.container.value["securityContext"] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    # With a read-only root, a place for temporary files is what nearly every program still needs.
    draft.pod.value["volumes"] = [{"name": "tmp", "emptyDir": {}}]
    draft.container.value["volumeMounts"] = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 -- a path in the container
