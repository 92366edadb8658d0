"""Addresses of Kubernetes objects at the API server, and the kinds that every cluster has."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from cdkit.models.kube import Resource

_NAMESPACED = {
    "": {
        "ConfigMap": "configmaps",
        "Endpoints": "endpoints",
        "Event": "events",
        "LimitRange": "limitranges",
        "PersistentVolumeClaim": "persistentvolumeclaims",
        "Pod": "pods",
        "PodTemplate": "podtemplates",
        "ReplicationController": "replicationcontrollers",
        "ResourceQuota": "resourcequotas",
        "Secret": "secrets",
        "Service": "services",
        "ServiceAccount": "serviceaccounts",
    },
    "apps": {
        "ControllerRevision": "controllerrevisions",
        "DaemonSet": "daemonsets",
        "Deployment": "deployments",
        "ReplicaSet": "replicasets",
        "StatefulSet": "statefulsets",
    },
    "autoscaling": {"HorizontalPodAutoscaler": "horizontalpodautoscalers"},
    "batch": {"CronJob": "cronjobs", "Job": "jobs"},
    "coordination.k8s.io": {"Lease": "leases"},
    "discovery.k8s.io": {"EndpointSlice": "endpointslices"},
    "events.k8s.io": {"Event": "events"},
    "networking.k8s.io": {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"},
    "policy": {"PodDisruptionBudget": "poddisruptionbudgets"},
    "rbac.authorization.k8s.io": {"Role": "roles", "RoleBinding": "rolebindings"},
}

_CLUSTER_WIDE = {
    "": {"Namespace": "namespaces", "Node": "nodes", "PersistentVolume": "persistentvolumes"},
    "admissionregistration.k8s.io": {
        "MutatingWebhookConfiguration": "mutatingwebhookconfigurations",
        "ValidatingWebhookConfiguration": "validatingwebhookconfigurations",
    },
    "apiextensions.k8s.io": {"CustomResourceDefinition": "customresourcedefinitions"},
    "apiregistration.k8s.io": {"APIService": "apiservices"},
    "networking.k8s.io": {"IngressClass": "ingressclasses"},
    "rbac.authorization.k8s.io": {"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings"},
    "scheduling.k8s.io": {"PriorityClass": "priorityclasses"},
    "storage.k8s.io": {"StorageClass": "storageclasses"},
}


def group_of(api_version: str) -> str:
    """The group in `group/version`; the core group is the empty string."""
    return api_version.rpartition("/")[0]


def built_in(api_version: str, kind: str) -> Resource | None:
    """The resource of a kind that Kubernetes itself brings, or None. Spares the server a discovery request."""
    group = group_of(api_version)
    if plural := _NAMESPACED.get(group, {}).get(kind):
        return Resource(plural, namespaced=True)
    if plural := _CLUSTER_WIDE.get(group, {}).get(kind):
        return Resource(plural, namespaced=False)
    return None


def group_version_path(api_version: str) -> str:
    """Where a group's version is served: `/api/v1`, `/apis/apps/v1`."""
    root = "apis" if "/" in api_version else "api"
    return f"/{root}/{quote(api_version)}"


def collection_path(api_version: str, resource: Resource, namespace: str) -> str:
    """Where objects of a kind are listed and created."""
    base = group_version_path(api_version)
    scope = f"/namespaces/{_segment(namespace)}" if resource.namespaced else ""
    return f"{base}{scope}/{resource.plural}"


def object_path(api_version: str, resource: Resource, namespace: str, name: str) -> str:
    """Where one object is read and changed."""
    return f"{collection_path(api_version, resource, namespace)}/{_segment(name)}"


def with_query(path: str, **parameters: str | int | bool | Sequence[str] | None) -> str:
    """A path with its query; parameters that are None or empty are left out, and one of several values is repeated."""
    given = {key: _parameter(value) for key, value in parameters.items() if value not in (None, "")}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _parameter(value: str | int | bool | Sequence[str] | None) -> str | list[str]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _segment(name: str) -> str:
    return quote(name, safe="")
