"""Following a pod that runs once: it need not be a cluster that tells of it."""

from __future__ import annotations

from typing import Any

from cdkit.diagnosis.companion import Companions
from cdkit.models.kube import ObjectRef
from cdkit.step import Step, StepContext, StepOptions, StepOutputs
from cdkit.testing import FakeCluster, FakeWorld, run_step
from tests.unit.observe.scripted import ScriptedCluster, pod

ENGINE = ScriptedCluster({"Pod": [([pod("a", "1", phase="Succeeded")], "1")], "Event": [([], "1")]})


class Follow(Step):
    """Follows the pod `a` of an engine that speaks as a cluster does."""

    name = "follow"

    class Options(StepOptions, frozen=True, kw_only=True):
        """None."""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """How it ended."""

        state: str

    def run(self, ctx: StepContext) -> Any:
        ref = ObjectRef("v1", "Pod", "a", "hello")
        decision = ctx.follow_pod(ref, "main", lambda _: None, source=ENGINE, companions=Companions(("db",)))
        return self.Outputs(state=decision.state)


def test_a_pod_is_followed_where_it_runs_and_the_cluster_is_not_asked() -> None:
    cluster = FakeCluster()
    ended = run_step(Follow, {}, world=FakeWorld(cluster=cluster))
    assert ended.outputs.state == "succeeded"
    assert cluster.requests == []
