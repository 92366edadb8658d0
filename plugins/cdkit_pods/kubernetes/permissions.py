"""What the account of the build has to be allowed, for one test pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdkit.api import Permission

if TYPE_CHECKING:
    from cdkit_pods.spec import PodSpec

ALWAYS: tuple[Permission, ...] = (
    ("create", "", "pods"),
    ("delete", "", "pods"),
    ("list", "", "pods"),
    ("patch", "", "pods"),
    ("watch", "", "pods"),
    ("list", "", "events"),
    ("watch", "", "events"),
    ("get", "", "pods/log"),
)
"""To make, follow, renew and remove a pod, to read its log, and to find the pods that others have left."""

_KEEPER: tuple[Permission, ...] = (("get", "", "pods"), ("create", "", "pods/exec"), ("get", "", "pods/exec"))
"""A WebSocket is a `get` of pods/exec; since Kubernetes 1.35 the account has to be allowed `create`, too."""

_SECRETS: tuple[Permission, ...] = (("create", "", "secrets"), ("patch", "", "secrets"), ("delete", "", "secrets"))
_PULL_SECRETS: tuple[Permission, ...] = (("get", "", "secrets"), ("create", "", "secrets"))
_NAMESPACE: tuple[Permission, ...] = (
    ("create", "", "namespaces"),
    ("get", "", "namespaces"),
    ("patch", "", "namespaces"),
    ("delete", "", "namespaces"),
    ("create", "", "resourcequotas"),
    ("get", "", "resourcequotas"),
    ("create", "", "limitranges"),
    ("get", "", "serviceaccounts"),
)


def needed(spec: PodSpec) -> tuple[Permission, ...]:
    """The permissions that a pod needs, each once."""
    # The step names what it always needs in each run of each pipeline, and should not load more for it.
    from cdkit_pods.kubernetes.secret_env import needs_secret

    groups = (
        ALWAYS,
        _KEEPER if spec.keeper else (),
        _SECRETS if needs_secret(spec) else (),
        _NAMESPACE if spec.own_namespace else (),
        _PULL_SECRETS if spec.own_namespace and spec.pull_secrets else (),
    )
    return tuple(dict.fromkeys(permission for group in groups for permission in group))
