"""Kinds that are ready as soon as they are there: nothing is asked about them, and no rule is loaded for them."""

from __future__ import annotations

from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.verdict import Verdict
from cdkit.models.kube import ObjectRef

READY = Decision("succeeded", Verdict("succeeded", "it is there"))

_READY_AS_THEY_ARE = frozenset(
    {
        ("", "ConfigMap"),
        ("", "Endpoints"),
        ("", "LimitRange"),
        ("", "PersistentVolume"),
        ("", "PodTemplate"),
        ("", "ResourceQuota"),
        ("", "Secret"),
        ("", "ServiceAccount"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("coordination.k8s.io", "Lease"),
        ("discovery.k8s.io", "EndpointSlice"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("policy", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "StorageClass"),
    }
)


def is_ready_at_once(ref: ObjectRef) -> bool:
    """Whether an object is ready as it is."""
    return (ref.group, ref.kind) in _READY_AS_THEY_ARE
