"""Which kinds belong to no namespace."""

from __future__ import annotations

from cdkit.api import Manifest

_CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)


def is_cluster_wide(item: Manifest) -> bool:
    """Whether an object of this kind belongs to no namespace; kinds that are not known belong to one."""
    return item["kind"] in _CLUSTER_WIDE
