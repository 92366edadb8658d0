"""Kinds by the name of a file: `deployment.yml`, `web-svc.yaml`, as fabric8 and JKube read them."""

from __future__ import annotations

import msgspec

API_VERSIONS: dict[str, str] = {
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "ConfigMap": "v1",
    "CronJob": "batch/v1",
    "CustomResourceDefinition": "apiextensions.k8s.io/v1",
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "Endpoints": "v1",
    "Gateway": "gateway.networking.k8s.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Ingress": "networking.k8s.io/v1",
    "IngressClass": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "LimitRange": "v1",
    "Namespace": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PersistentVolume": "v1",
    "PersistentVolumeClaim": "v1",
    "Pod": "v1",
    "PodDisruptionBudget": "policy/v1",
    "PodMonitor": "monitoring.coreos.com/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "ReplicaSet": "apps/v1",
    "ReplicationController": "v1",
    "ResourceQuota": "v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "StatefulSet": "apps/v1",
    "StorageClass": "storage.k8s.io/v1",
}
"""The kinds whose API a fragment need not name, with the newest version of it."""

_SHORT: dict[str, str] = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "cr": "ClusterRole",
    "crole": "ClusterRole",
    "crb": "ClusterRoleBinding",
    "clusterrb": "ClusterRoleBinding",
    "crd": "CustomResourceDefinition",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ep": "Endpoints",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "lr": "LimitRange",
    "limits": "LimitRange",
    "netpol": "NetworkPolicy",
    "np": "NetworkPolicy",
    "ns": "Namespace",
    "pc": "PriorityClass",
    "pd": "Pod",
    "po": "Pod",
    "pdb": "PodDisruptionBudget",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rb": "RoleBinding",
    "rc": "ReplicationController",
    "rq": "ResourceQuota",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sc": "StorageClass",
    "sts": "StatefulSet",
    "svc": "Service",
}
"""The short forms of fabric8, JKube and kubectl."""

FILE_TYPES: dict[str, str] = {kind.lower(): kind for kind in API_VERSIONS} | _SHORT
"""What the end of a file's name says about its kind."""


class FileName(msgspec.Struct, frozen=True):
    """What the name of a file says.

    Attributes:
        kind: the kind; empty where it says none.
        name: the object's name; empty for the application's own.
    """

    kind: str
    name: str


def read_file_name(stem: str) -> FileName:
    """What a file's name says: `web-service` is the Service `web`, `deployment` the application's own Deployment.

    Args:
        stem: the name without its folder and its ending.
    """
    whole = FILE_TYPES.get(stem.lower().replace("-", ""))
    if whole is not None:
        return FileName(whole, "")
    name, _, last = stem.rpartition("-")
    kind = FILE_TYPES.get(last.lower(), "")
    return FileName(kind, name if kind else stem)
