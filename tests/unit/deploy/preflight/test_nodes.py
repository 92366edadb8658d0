"""Where pods could run: nodes, architectures, volumes, disruption budgets."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.models.kube import Manifest
from cdkit_deploy.preflight import budgets, nodes, volumes
from tests.unit.deploy.preflight.objects import (
    around,
    asking,
    container,
    deployment,
    doubts,
    made,
    node,
    nothing,
    problems,
)

TAINT = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}


def required(**expression: Any) -> dict[str, Any]:
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


def required_field(name: str) -> dict[str, Any]:
    terms = {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]}]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


@pytest.mark.parametrize(
    ("wanted", "live", "why"),
    [
        (deployment(container(**asking(memory="16Gi"))), node(), "too small: memory (needs 16Gi, has 8Gi)"),
        (deployment(container(**asking("5"))), node(), "too small: cpu (needs 5, has 4)"),
        (deployment(pod={"nodeSelector": {"disk": "ssd"}}), node(), "not labelled disk=ssd"),
        (deployment(), node(taints=[TAINT]), "tainted gpu"),
        (deployment(), node(unschedulable=True), "cordoned"),
        (deployment(pod={"nodeName": "other"}), node(), "not called other"),
        (deployment(pod=required_field("other")), node(), "required node affinity"),
        (deployment(pod=required(key="cores", operator="Gt", values=["4"])), node(labels={"cores": "few"}), "affinity"),
        (deployment(pod={"tolerations": [{"key": "other", "operator": "Exists"}]}), node(taints=[TAINT]), "tainted"),
        (deployment(pod={"tolerations": [{"key": "gpu", "value": "no"}]}), node(taints=[TAINT]), "tainted gpu"),
        (deployment(pod={"tolerations": [{"value": "yes"}]}), node(taints=[TAINT]), "tainted gpu"),
        (
            deployment(pod={"tolerations": [{"operator": "Exists", "effect": "NoExecute"}]}),
            node(taints=[TAINT]),
            "tainted gpu",
        ),
        (deployment(pod=required(key="zone", operator="In", values=["a"])), node(), "required node affinity"),
        (
            deployment(container(resources={"limits": {"nvidia.com/gpu": "1"}})),
            node(),
            "too small: nvidia.com/gpu (needs 1, has 0)",
        ),
    ],
)
def test_pods_that_no_node_could_hold_are_told_with_the_reason(wanted: Manifest, live: Manifest, why: str) -> None:
    (message,) = problems(nodes.findings(around(wanted, live=[live])))
    assert "The pods of Deployment web fit nowhere" in message
    assert why in message


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        (deployment(container(**asking("4", "8Gi"))), node()),
        (deployment(pod={"nodeSelector": {"disk": "ssd"}}), node(labels={"disk": "ssd"})),
        (deployment(pod={"tolerations": [{"key": "gpu", "operator": "Exists"}]}), node(taints=[TAINT])),
        (deployment(pod={"tolerations": [{"operator": "Exists"}]}), node(taints=[TAINT])),
        (deployment(pod={"tolerations": [{"key": "gpu", "value": "yes"}]}), node(taints=[TAINT])),
        (deployment(), node(taints=[TAINT | {"effect": "PreferNoSchedule"}])),
        (deployment(pod={"nodeName": "n1"}), node()),
        (deployment(pod=required_field("n1")), node()),
        (deployment(pod=required(key="cores", operator="Gt", values=["4"])), node(labels={"cores": "8"})),
    ],
)
def test_one_node_that_could_hold_the_pod_is_enough(wanted: Manifest, live: Manifest) -> None:
    assert nothing(nodes.findings, around(wanted, live=[node("full", unschedulable=True), live]))


def test_the_same_reason_of_many_nodes_is_told_once() -> None:
    live = [node("n1", taints=[TAINT]), node("n2", taints=[TAINT]), node("n3", unschedulable=True)]
    (message,) = problems(nodes.findings(around(deployment(), live=live)))
    assert "none of the 3 nodes could hold one: 2 tainted gpu; 1 cordoned" in message


def test_where_nodes_are_made_when_needed_it_is_only_a_doubt() -> None:
    live = node(annotations={"cluster-autoscaler.kubernetes.io/scale-down-disabled": "true"})
    found = list(nodes.findings(around(deployment(container(**asking("64"))), live=[live])))
    assert problems(found) == []
    assert "The cluster has to make a node for it" in doubts(found)[0]


def test_the_start_of_a_pod_may_need_more_than_its_running() -> None:
    hungry = deployment(container(**asking("1")), pod={"initContainers": [container("init", **asking("6"))]})
    assert "needs 6, has 4" in problems(nodes.findings(around(hungry, live=[node()])))[0]


def test_a_sidecar_that_starts_first_is_counted_with_the_containers() -> None:
    sidecar = container("proxy", restartPolicy="Always", **asking("2"))
    both = deployment(container(**asking("3")), pod={"initContainers": [sidecar]})
    assert "needs 5, has 4" in problems(nodes.findings(around(both, live=[node()])))[0]


# Volumes

DISK = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "disk"}}]}


def claim(mode: str, **spec: Any) -> Manifest:
    return made("PersistentVolumeClaim", "disk", spec={"accessModes": [mode], **spec})


def test_a_volume_of_one_node_holds_up_a_rolling_update() -> None:
    live = [node("n1"), node("n2"), claim("ReadWriteOnce")]
    (message,) = problems(volumes.findings(around(deployment(pod=DISK), live=live)))
    assert "on another node the new pod would wait for ever" in message


def test_a_volume_of_one_pod_holds_up_a_rolling_update_on_any_node() -> None:
    assert problems(volumes.findings(around(deployment(pod=DISK), live=[node(), claim("ReadWriteOncePod")])))


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        (deployment(pod=DISK), [node("n1"), claim("ReadWriteOnce")]),
        (deployment(pod=DISK), [node("n1"), node("n2"), claim("ReadWriteMany")]),
        (deployment(pod=DISK, strategy={"type": "Recreate"}), [node("n1"), node("n2"), claim("ReadWriteOnce")]),
        (
            deployment(pod=DISK),
            [
                node("n1"),
                node("n2"),
                claim("ReadWriteOnce", volumeName="pv"),
                {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv"}, "spec": {"local": {}}},
            ],
        ),
    ],
)
def test_a_volume_that_the_new_pod_can_mount_is_no_problem(wanted: Manifest, live: list[Manifest]) -> None:
    assert nothing(volumes.findings, around(wanted, live=live))


# Disruption budgets


def budget(name: str = "web", **spec: Any) -> Manifest:
    return made("PodDisruptionBudget", name, "policy/v1", spec={"selector": {"matchLabels": {"app": "web"}}, **spec})


@pytest.mark.parametrize("spec", [{"maxUnavailable": 0}, {"minAvailable": 2}, {"minAvailable": "100%"}])
def test_a_budget_that_lets_no_pod_go_is_a_doubt(spec: dict[str, Any]) -> None:
    (message,) = doubts(budgets.findings(around(deployment(replicas=2), budget(**spec))))
    assert "never lets a pod of Deployment web go" in message


def test_a_budget_that_lets_one_go_is_none() -> None:
    assert nothing(budgets.findings, around(deployment(replicas=2), budget(minAvailable=1)))


def test_two_budgets_over_one_pod_are_a_doubt() -> None:
    wanted = around(deployment(replicas=3), budget("one", maxUnavailable=1), live=[budget("two", maxUnavailable=1)])
    assert doubts(budgets.findings(wanted)) == [
        "The disruption budgets one and two both hold the pods of Deployment web: none can be evicted."
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [({"maxUnavailable": "0%"}, "maxUnavailable 0%"), ({"minAvailable": 2}, "minAvailable 2"), ({}, "minAvailable 1")],
)
def test_a_budget_is_told_by_the_field_that_it_has(spec: dict[str, Any], said: str) -> None:
    replicas = 1 if not spec else 2
    (message,) = doubts(budgets.findings(around(deployment(replicas=replicas), budget(**spec))))
    assert f"with {said} of {replicas} replicas" in message


@pytest.mark.parametrize("selector", [None, {"matchLabels": {"app": "other"}}])
def test_a_budget_for_other_pods_is_none(selector: Any) -> None:
    assert nothing(budgets.findings, around(deployment(), budget(selector=selector, maxUnavailable=0)))


def test_a_budget_without_labels_holds_all_pods() -> None:
    assert doubts(budgets.findings(around(deployment(), budget(selector={}, maxUnavailable=0))))


def test_a_budget_counts_as_it_will_be() -> None:
    wanted = around(deployment(), budget(maxUnavailable=1), live=[budget(maxUnavailable=0)])
    assert nothing(budgets.findings, wanted)


@pytest.mark.parametrize("wanted", [deployment(replicas=0), deployment() | {"kind": "DaemonSet"}])
def test_where_no_pod_is_or_a_drain_passes_over_it_a_budget_holds_nothing(wanted: Manifest) -> None:
    assert nothing(budgets.findings, around(wanted, budget(maxUnavailable=0)))
