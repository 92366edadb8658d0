"""What a deployment changes is put back when it fails, whatever it is that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.errors import Cancelled, ClusterUnreachable, RequestRejected, RolledBack
from cdkit.flow.cancellation import Cancellation
from cdkit.models.environment import Environment
from cdkit.models.event import Warned
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.testing import FakeCluster, FakeWorld, StepRun, run_step
from cdkit_deploy.rolling_update import RollingUpdate
from cdkit_deploy.set_image import SetImage
from cdkit_deploy.undo import put_back, remember

SERVICE = ObjectRef("v1", "Service", "web", "team")
DEPLOYMENT = ObjectRef("apps/v1", "Deployment", "web", "team")
PLACE = Environment("", "", "team")


def service(port: int) -> Manifest:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": port}]}}


def deployment(image: str) -> Manifest:
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def a_controller(cluster: FakeCluster, manifest: Manifest) -> None:
    """The part of the deployment controller: the image `good` rolls out at once, any other never makes progress."""
    image = manifest["spec"]["template"]["spec"]["containers"][0]["image"]
    generation = manifest["metadata"].get("generation", 1)
    conditions = [] if image == "good" else [STUCK]
    ready = 1 if image == "good" else 0
    counts = {"replicas": 1, "updatedReplicas": 1, "availableReplicas": ready, "readyReplicas": ready}
    status = {"observedGeneration": generation, "conditions": conditions, **counts}
    if manifest.get("status") != status:
        cluster.put({**manifest, "status": status})


STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "it is stuck"}


@pytest.fixture
def cluster() -> FakeCluster:
    cluster = FakeCluster("team")
    cluster.react("Deployment", a_controller)
    return cluster


def update(cluster: FakeCluster, folder: Path, *objects: Manifest) -> StepRun:
    (folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    options = {"manifests": "manifests.yaml", "preflight": "off"}
    return run_step(RollingUpdate, options, world=FakeWorld(cluster=cluster), workspace=folder, environment=PLACE)


def image_of(cluster: FakeCluster) -> str:
    live = cluster.get(DEPLOYMENT)
    assert live is not None
    return str(live["spec"]["template"]["spec"]["containers"][0]["image"])


def port_of(cluster: FakeCluster) -> int:
    live = cluster.get(SERVICE)
    assert live is not None
    return int(live["spec"]["ports"][0]["port"])


def test_a_rollout_that_fails_is_put_back_with_all_that_came_with_it(cluster: FakeCluster, tmp_path: Path) -> None:
    assert update(cluster, tmp_path, service(80), deployment("good")).error is None
    failed = update(cluster, tmp_path, service(81), deployment("bad"))
    assert isinstance(failed.error, RolledBack)
    assert failed.error.cause == "progress-deadline"
    assert (image_of(cluster), port_of(cluster)) == ("good", 80)


def test_a_first_deployment_that_fails_is_removed(cluster: FakeCluster, tmp_path: Path) -> None:
    failed = update(cluster, tmp_path, service(80), deployment("bad"))
    assert isinstance(failed.error, RolledBack)
    assert cluster.get(DEPLOYMENT) is None
    assert cluster.get(SERVICE) is None


def refuse(cluster: FakeCluster, kind: str) -> None:
    """Let the server refuse the next object of a kind, as an admission policy would."""
    applied = cluster.apply

    def apply(manifest: Manifest, *, dry_run: bool = False, **how: Any) -> Manifest:
        if manifest["kind"] == kind and not dry_run:
            cluster.apply = applied  # type: ignore[method-assign]
            raise RequestRejected(f"{kind} is refused by a policy.")
        return applied(manifest, dry_run=dry_run, **how)

    cluster.apply = apply  # type: ignore[method-assign]


def test_an_object_that_is_refused_takes_those_before_it_back(cluster: FakeCluster, tmp_path: Path) -> None:
    assert update(cluster, tmp_path, service(80), deployment("good")).error is None
    refuse(cluster, "Deployment")
    failed = update(cluster, tmp_path, service(81), deployment("better"))
    assert isinstance(failed.error, RolledBack)
    assert "refused by a policy" in failed.error.message
    assert (image_of(cluster), port_of(cluster)) == ("good", 80)


def test_a_first_object_that_is_refused_is_just_that(cluster: FakeCluster, tmp_path: Path) -> None:
    refuse(cluster, "Service")
    assert isinstance(update(cluster, tmp_path, service(80), deployment("good")).error, RequestRejected)


def test_of_several_attempts_the_first_one_knows_what_was_before(cluster: FakeCluster, tmp_path: Path) -> None:
    assert update(cluster, tmp_path, deployment("good")).error is None
    (tmp_path / "manifests.yaml").write_text(yaml.safe_dump(deployment("bad")), encoding="utf-8")
    world = FakeWorld(cluster=cluster)
    step = RollingUpdate(RollingUpdate.Options(manifests="manifests.yaml", preflight="off"))

    class Again(RollingUpdate):
        """Runs the same step twice, as a retry does; the first time the server goes away in the middle."""

        def __init__(self, _: object) -> None:
            super().__init__(step.options)

        def run(self, ctx: object) -> object:  # type: ignore[override]
            follow = ctx.follow  # type: ignore[attr-defined]
            ctx.follow = self._away  # type: ignore[attr-defined]
            with pytest.raises(ClusterUnreachable):
                super().run(ctx)  # type: ignore[arg-type]
            ctx.follow = follow  # type: ignore[attr-defined]
            return super().run(ctx)  # type: ignore[arg-type]

        def _away(self, *_: object) -> None:
            raise ClusterUnreachable("The API server does not answer.")

    failed = run_step(
        Again, {"manifests": "manifests.yaml", "preflight": "off"}, world=world, workspace=tmp_path, environment=PLACE
    )
    assert isinstance(failed.error, RolledBack)
    assert image_of(cluster) == "good"


def test_who_stops_a_rollout_is_told_that_it_goes_on(cluster: FakeCluster, tmp_path: Path) -> None:
    cancellation = Cancellation()
    cluster.react("Deployment", lambda *_: cancellation.cancel(Cancelled()))
    (tmp_path / "manifests.yaml").write_text(yaml.safe_dump(deployment("slow")), encoding="utf-8")
    world, options = FakeWorld(cluster=cluster), {"manifests": "manifests.yaml", "preflight": "off"}
    ended = run_step(
        RollingUpdate, options, world=world, workspace=tmp_path, environment=PLACE, cancellation=cancellation
    )
    assert isinstance(ended.error, Cancelled)
    (warning,) = [event.message for event in ended.events if isinstance(event, Warned)]
    assert warning.startswith("Revision 1 of hello was neither finished nor undone")


def test_set_image_puts_the_old_image_back(cluster: FakeCluster) -> None:
    cluster.put(deployment("good") | {"metadata": {"name": "web", "namespace": "team"}})
    options = {"workload": "web", "image": "bad", "preflight": "off"}
    failed = run_step(SetImage, options, world=FakeWorld(cluster=cluster), environment=PLACE)
    assert isinstance(failed.error, RolledBack)
    assert image_of(cluster) == "good"


def test_what_somebody_else_made_gets_its_old_fields_back_and_loses_the_new_ones(cluster: FakeCluster) -> None:
    ref = ObjectRef("v1", "ConfigMap", "settings", "team")
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "team"}}
    cluster.put({**made, "data": {"a": "old"}})
    before = remember(cluster, ref)
    cluster.patch(ref, {"data": {"a": "new", "b": "more"}, "immutable": True}, "merge")
    put_back(cluster, before)
    live = cluster.get(ref)
    assert live is not None
    assert live["data"] == {"a": "old"}
    assert "immutable" not in live
