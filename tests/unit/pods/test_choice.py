"""Which runtime a test pod runs on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cdkit.api import Cancellation, Cluster, ClusterUnreachable, StepContext
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.testing import FakeClock, FakeWorld
from cdkit.testing.steps import RecordedRun
from cdkit_pods.choice import runtime_for
from cdkit_pods.options.test_pod import RuntimeName


class WithoutCluster(FakeWorld):
    """A machine on which no cluster is configured."""

    def cluster(self, context: str) -> Cluster:
        raise ClusterUnreachable("No cluster is configured.")


def chosen(name: RuntimeName, world: FakeWorld, context: str = "", env: Mapping[str, str] | None = None) -> str:
    run = RecordedRun(
        world=world,
        clock=FakeClock(),
        workspace=Path(),
        build=Build(),
        environment=Environment("", context, ""),
    )
    return runtime_for(StepContext("test", run, env=env or {}, cancellation=Cancellation()), name).name


def test_the_cluster_is_taken_where_there_is_one() -> None:
    assert chosen("auto", FakeWorld()) == "kubernetes"
    assert chosen("docker", FakeWorld()) == "docker"


def test_the_engine_is_taken_where_no_cluster_is_configured() -> None:
    assert chosen("auto", WithoutCluster()) == "docker"
    assert chosen("kubernetes", WithoutCluster()) == "kubernetes"


def test_a_cluster_that_somebody_names_has_to_be_there() -> None:
    with pytest.raises(ClusterUnreachable):
        chosen("auto", WithoutCluster(), context="live")
    with pytest.raises(ClusterUnreachable):
        chosen("auto", WithoutCluster(), env={"KUBECONFIG": "/nowhere"})
