"""Quotas and limit ranges: what fits, what fits slowly, and what never will."""

from __future__ import annotations

from typing import Any

from cdkit.models.kube import Manifest
from cdkit_deploy.preflight import limits, quotas
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


def quota(hard: dict[str, str], used: dict[str, str] | None = None, **spec: Any) -> Manifest:
    return made("ResourceQuota", "budget", spec={"hard": hard, **spec}, status={"hard": hard, "used": used or {}})


def limit_range(**limit: Any) -> Manifest:
    return made("LimitRange", "bounds", spec={"limits": [{"type": "Container"} | limit]})


def web(cpu: str, replicas: int = 1, **strategy: int) -> Manifest:
    rolling = {"type": "RollingUpdate", "rollingUpdate": strategy} if strategy else None
    return deployment(container(**asking(cpu)), replicas=replicas, strategy=rolling)


def test_a_deployment_that_fits_is_no_problem() -> None:
    assert nothing(quotas.findings, around(web("500m", 2), live=[quota({"requests.cpu": "1", "pods": "2"})]))


def test_a_namespace_without_quotas_is_no_problem() -> None:
    assert nothing(quotas.findings, around(web("500m", 2000)))


def test_more_than_there_is_room_for_is_told_with_both_amounts() -> None:
    (message,) = problems(quotas.findings(around(web("500m", 3), live=[quota({"cpu": "2"}, {"cpu": "1"})])))
    assert "budget" in message
    assert "requests.cpu (needs 1500m, has 1)" in message


def test_what_runs_already_is_not_counted_twice() -> None:
    used = quota({"cpu": "1"}, {"cpu": "1"})
    assert nothing(quotas.findings, around(web("500m", 2), live=[web("500m", 2), used]))


def test_a_rolling_update_that_cannot_take_its_first_step_is_a_problem() -> None:
    full = quota({"cpu": "1"}, {"cpu": "1"})
    new = web("400m", 2, maxSurge=1, maxUnavailable=0)
    (message,) = problems(quotas.findings(around(new, live=[web("500m", 2), full])))
    assert "needs one more pod before it may remove an old one" in message


def test_a_rolling_update_that_has_less_room_than_it_may_use_is_only_slower() -> None:
    tight = quota({"pods": "5"}, {"pods": "4"})
    found = list(quotas.findings(around(web("400m", 4, maxSurge=2, maxUnavailable=0), live=[web("500m", 4), tight])))
    assert problems(found) == []
    assert "it will take longer" in doubts(found)[0]


def test_a_rolling_update_that_may_remove_an_old_pod_first_is_only_slower() -> None:
    full = quota({"cpu": "1"}, {"cpu": "1"})
    found = list(quotas.findings(around(web("400m", 2, maxSurge=1, maxUnavailable=1), live=[web("500m", 2), full])))
    assert problems(found) == []
    assert "it will take longer" in doubts(found)[0]


def test_load_balancers_and_the_storage_of_claims_are_counted_too() -> None:
    full = quota({"services.loadbalancers": "0", "requests.storage": "1Gi"})
    balanced, plain = made("Service", "web", spec={"type": "LoadBalancer"}), made("Service", "web", spec={})
    assert "services.loadbalancers (needs 1, has 0)" in problems(quotas.findings(around(balanced, live=[full])))[0]
    assert nothing(quotas.findings, around(plain, live=[full]))
    claim = made("PersistentVolumeClaim", "disk", spec={"resources": {"requests": {"storage": "5Gi"}}})
    assert "requests.storage (needs 5Gi, has 1Gi)" in problems(quotas.findings(around(claim, live=[full])))[0]


def test_a_container_has_to_say_what_a_quota_bounds() -> None:
    (message,) = problems(quotas.findings(around(deployment(), live=[quota({"limits.memory": "1Gi"})])))
    assert "does not say how much its container 'web' takes" in message


def test_a_default_of_the_namespace_says_it_for_the_container() -> None:
    live = [quota({"limits.memory": "1Gi"}), limit_range(default={"memory": "256Mi"})]
    assert nothing(quotas.findings, around(deployment(), live=live))


def test_new_objects_are_counted_and_known_ones_are_not() -> None:
    full = quota({"services": "1", "count/deployments.apps": "0"}, {"services": "1"})
    old, new = made("Service", "old", spec={}), made("Service", "new", spec={})
    assert nothing(quotas.findings, around(old, live=[old, full]))
    assert "services (needs 1, has 0)" in problems(quotas.findings(around(new, live=[old, full])))[0]
    assert "count/deployments.apps" in problems(quotas.findings(around(deployment(), live=[full])))[0]


def test_a_quota_for_other_pods_does_not_count() -> None:
    live = [quota({"pods": "0"}, scopes=["BestEffort"])]
    limited = deployment(container(**asking(limits={"cpu": "1"})))
    assert nothing(quotas.findings, around(web("500m"), live=live))
    assert nothing(quotas.findings, around(limited, live=live))
    assert problems(quotas.findings(around(deployment(), live=live)))


def test_a_quota_of_a_priority_counts_pods_of_that_priority() -> None:
    chosen = {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}
    live = [quota({"pods": "0"}, scopeSelector=chosen)]
    assert nothing(quotas.findings, around(deployment(), live=live))
    assert problems(quotas.findings(around(deployment(pod={"priorityClassName": "high"}), live=live)))


def test_a_daemon_set_takes_a_pod_of_every_node() -> None:
    daemon = deployment(container(**asking("1")))
    daemon |= {"kind": "DaemonSet"}
    live = [node("n1"), node("n2"), node("n3"), quota({"pods": "2"})]
    assert "pods (needs 3, has 2)" in problems(quotas.findings(around(daemon, live=live)))[0]


def test_limits_outside_of_the_range_are_told_with_the_bound() -> None:
    bounds = limit_range(max={"memory": "512Mi"}, min={"cpu": "100m"})
    big = deployment(container(**asking("50m", "256Mi", {"memory": "1Gi"})))
    too_little, too_much = problems(limits.findings(around(big, live=[bounds])))
    assert "asks for 50m of cpu; the limit range bounds wants at least 100m" in too_little
    assert "asks for 1Gi of memory; the limit range bounds allows 512Mi" in too_much


def test_a_container_without_a_limit_is_outside_of_a_range_that_has_no_default() -> None:
    assert (
        "has no limit of memory"
        in problems(limits.findings(around(deployment(), live=[limit_range(max={"memory": "512Mi"})])))[0]
    )
    with_default = limit_range(max={"memory": "512Mi"}, default={"memory": "512Mi"})
    assert nothing(limits.findings, around(deployment(), live=[with_default]))


def test_a_limit_may_not_be_too_many_times_the_request() -> None:
    wide = deployment(container(**asking("100m", limits={"cpu": "1"})))
    (message,) = problems(limits.findings(around(wide, live=[limit_range(maxLimitRequestRatio={"cpu": "4"})])))
    assert "10.0 times its request" in message
    assert "allows 4 times" in message


def test_a_claim_that_is_too_large_names_its_own_field() -> None:
    bounds = limit_range(type="PersistentVolumeClaim", max={"storage": "1Gi"})
    claim = made("PersistentVolumeClaim", "disk", spec={"resources": {"requests": {"storage": "5Gi"}}})
    (problem,) = limits.findings(around(claim, live=[bounds]))
    assert str(problem) == (
        "PersistentVolumeClaim disk asks for 5Gi of storage; the limit range bounds allows 1Gi. "
        "Set resources.requests.storage to 1Gi or less."
    )
