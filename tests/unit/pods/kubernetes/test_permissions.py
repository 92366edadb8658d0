"""What the account of the build has to be allowed."""

from __future__ import annotations

from typing import Any

from cdkit_pods.kubernetes.permissions import needed
from cdkit_pods.spec import Container, PodSpec


def resources_for(secret: str = "", **settings: Any) -> set[str]:
    test = Container(name="test", image="i", secret_env={"TOKEN": secret} if secret else {})
    spec = PodSpec(step="tests", run_id="run-1", containers=(test,), **settings)
    return {resource for _, _, resource in needed(spec)}


def test_a_lone_test_needs_pods_their_events_and_logs_only() -> None:
    assert resources_for() == {"pods", "events", "pods/log"}


def test_a_keeper_needs_executions() -> None:
    assert "pods/exec" in resources_for(keeper=True)


def test_secret_variables_need_secrets() -> None:
    assert "secrets" in resources_for("s3cr3t")


def test_a_namespace_of_its_own_needs_namespaces_and_what_limits_them() -> None:
    assert {"namespaces", "resourcequotas", "limitranges"} <= resources_for(own_namespace=True)
    assert "secrets" not in resources_for(own_namespace=True)
    assert "secrets" in resources_for(own_namespace=True, pull_secrets=("login",))


def test_nothing_is_asked_for_twice() -> None:
    test = Container(name="test", image="i", secret_env={"A": "b"})
    spec = PodSpec(
        step="tests", run_id="r", containers=(test,), keeper=True, own_namespace=True, pull_secrets=("login",)
    )
    assert len(needed(spec)) == len(set(needed(spec)))
