"""The two ReplicationControllers of a handover: how they are told apart, found again, and which pods are whose.

The annotations and the label are those of the `kubectl rolling-update` of old (removed in kubectl 1.18), so that an
update that either of them has begun is known to the other one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from cdkit.api import Cluster, Duration, Manifest, ObjectNotFound, ObjectQuery, ObjectRef, StepContext
from cdkit_deploy.rollout import await_observed

NEXT = "kubectl.kubernetes.io/next-controller-id"
"""On the old controller: the name of the new one."""

ORIGINAL = "kubectl.kubernetes.io/original-replicas"
"""On the old controller: how many pods it had."""

DESIRED = "kubectl.kubernetes.io/desired-replicas"
"""On the new controller: how many pods it is to have."""

SOURCE = "kubectl.kubernetes.io/update-source-id"
"""On the new controller: the name of the old one."""

KEY = "deployment"
"""The label that tells the pods of the two apart; its value is a hash of their template."""

LONGEST_NAME = 52
"""Characters of a controller's name before the hash, so that the whole is a label's value too."""


LOOKED_AT = Duration(60)
"""How long a controller may take to look at a change of its template."""


def reference(name: str, namespace: str) -> ObjectRef:
    """A controller by its name."""
    return ObjectRef("v1", "ReplicationController", name, namespace)


def annotation(controller: Manifest, name: str) -> str:
    """An annotation of a controller; empty when it has none."""
    return str((controller["metadata"].get("annotations") or {}).get(name, ""))


def replicas_of(controller: Manifest) -> int:
    """How many pods a controller wants."""
    return int(controller["spec"].get("replicas", 1))


def mark_of(template: Mapping[str, Any]) -> str:
    """A hash of a pod template, whatever marks it has already."""
    plain = copy.deepcopy(dict(template))
    ((plain.get("metadata") or {}).get("labels") or {}).pop(KEY, None)
    return blake2b(msgspec.json.encode(plain, order="sorted"), digest_size=5).hexdigest()


def next_name(old: Manifest, template: Mapping[str, Any]) -> str:
    """The name of the controller that brings a template."""
    return f"{old['metadata']['name'][:LONGEST_NAME]}-{mark_of(template)}"


def next_controller(
    old: Manifest, template: Mapping[str, Any], desired: int, min_ready_seconds: int | None = None
) -> Manifest:
    """The new controller, without a pod yet.

    Args:
        old: the controller that it takes over from.
        template: its pod template.
        desired: how many pods it is to have in the end.
        min_ready_seconds: how long a pod has to be ready before it counts; as of the old one when left out.
    """
    seconds = old["spec"].get("minReadySeconds", 0) if min_ready_seconds is None else min_ready_seconds
    spec = {
        "replicas": 0,
        "minReadySeconds": seconds,
        "selector": {**_selector(old), KEY: mark_of(template)},
        "template": with_mark(template, mark_of(template)),
    }
    metadata = {
        "name": next_name(old, template),
        "namespace": old["metadata"]["namespace"],
        "labels": old["metadata"].get("labels") or {},
        "annotations": {SOURCE: old["metadata"]["name"], DESIRED: str(desired)},
    }
    return {"apiVersion": "v1", "kind": "ReplicationController", "metadata": metadata, "spec": spec}


def with_mark(template: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """A copy of a pod template whose pods have the label."""
    marked = copy.deepcopy(dict(template))
    metadata = marked.setdefault("metadata", {})
    metadata["labels"] = {**(metadata.get("labels") or {}), KEY: mark}
    return marked


def pods_of(cluster: Cluster, selector: Mapping[str, str], namespace: str) -> list[Manifest]:
    """The pods that a selector chooses and that are not on their way out."""
    text = ",".join(f"{name}={value}" for name, value in selector.items())
    pods, _ = cluster.list(ObjectQuery("v1", "Pod", namespace, text))
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]


def orphans_of(cluster: Cluster, old: Manifest, successor: str) -> list[Manifest]:
    """The pods of a new controller that has let go of them already.

    Args:
        cluster: where they are.
        old: the controller that it took over from.
        successor: its name, of which the mark of its pods is the end.
    """
    chosen = {**_selector(old), KEY: successor.rpartition("-")[2]}
    pods = pods_of(cluster, chosen, old["metadata"]["namespace"])
    return [pod for pod in pods if not pod["metadata"].get("ownerReferences")]


def tell_apart(ctx: StepContext, old: Manifest) -> None:
    """Give the old controller and its pods a label that the new ones will not have. May be done again at any point.

    First the template, so that every pod that comes has the label, which is sure only once the controller has seen
    it; then the pods that are there; then the selector. A pod of the template before that came after its selector
    would be nobody's, and stay.

    Raises:
        RolloutFailed: the controller does not look at its new template.
    """
    if KEY in _selector(old):
        return
    ref, mark = ObjectRef.of(old), mark_of(old["spec"]["template"])
    ctx.cluster.patch(ref, {"spec": {"template": {"metadata": {"labels": {KEY: mark}}}}}, "merge")
    await_observed(ctx, ref, LOOKED_AT)
    _label_pods(ctx.cluster, old, mark)
    ctx.cluster.patch(ref, {"spec": {"selector": {KEY: mark}}}, "merge")


def _label_pods(cluster: Cluster, controller: Manifest, mark: str) -> None:
    for pod in pods_of(cluster, _selector(controller), controller["metadata"]["namespace"]):
        if KEY not in (pod["metadata"].get("labels") or {}):
            try:
                cluster.patch(ObjectRef.of(pod), {"metadata": {"labels": {KEY: mark}}}, "merge")
            except ObjectNotFound:
                # It went away in this moment, and the one that comes for it has the label.
                continue


def _selector(controller: Manifest) -> dict[str, str]:
    """What chooses the pods of a controller: the labels of its template, where nothing else is said."""
    template = controller["spec"]["template"]
    return dict(controller["spec"].get("selector") or template["metadata"]["labels"])
