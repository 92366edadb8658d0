"""The order in which people write the fields of an object: what it is, what it is called, what it wants."""

from __future__ import annotations

from typing import Any

_FIRST = (
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "generateName",
    "namespace",
    "image",
    "imagePullPolicy",
    "command",
    "args",
    "workingDir",
    "type",
    "schedule",
    "timeZone",
    "concurrencyPolicy",
    "suspend",
    "labels",
    "annotations",
    "replicas",
    "minReplicas",
    "maxReplicas",
    "scaleTargetRef",
    "parentRefs",
    "hostnames",
    "ingressClassName",
    "host",
    "tls",
    "clusterIP",
    "revisionHistoryLimit",
    "minReadySeconds",
    "progressDeadlineSeconds",
    "strategy",
    "updateStrategy",
    "serviceName",
    "podManagementPolicy",
    "selector",
    "podSelector",
    "policyTypes",
    "template",
    "jobTemplate",
    "httpGet",
    "tcpSocket",
    "grpc",
    "exec",
    "serviceAccountName",
    "automountServiceAccountToken",
    "restartPolicy",
    "imagePullSecrets",
    "initContainers",
    "containers",
    "ports",
    "path",
    "port",
    "targetPort",
    "containerPort",
    "protocol",
    "envFrom",
    "env",
    "key",
    "operator",
    "resources",
    "requests",
    "limits",
    "volumeMounts",
    "mountPath",
    "startupProbe",
    "livenessProbe",
    "readinessProbe",
    "lifecycle",
)
_LAST = ("securityContext", "volumes", "volumeClaimTemplates", "spec", "data", "stringData", "binaryData", "status")

_FREE = frozenset({"labels", "annotations", "matchLabels", "nodeSelector", "data", "stringData", "binaryData"})
"""Fields whose keys are words of the user, and stay in the user's order."""

_MIDDLE = len(_FIRST)
_RANK = {name: rank for rank, name in enumerate(_FIRST)} | {name: _MIDDLE + 1 + rank for rank, name in enumerate(_LAST)}


def ordered(value: Any, parent: str = "") -> Any:
    """A value with all its fields in the order in which people write them; unknown ones keep theirs, in the middle.

    Args:
        value: an object, or anything in one.
        parent: the field that it is the value of; empty for a whole object, and for an entry of a list.
    """
    if isinstance(value, dict):
        fields = value.items() if parent in _FREE else sorted(value.items(), key=_rank)
        return {name: ordered(entry, name) for name, entry in fields}
    if isinstance(value, list):
        return [ordered(entry) for entry in value]
    return value


def _rank(field: tuple[str, Any]) -> int:
    return _RANK.get(field[0], _MIDDLE)
