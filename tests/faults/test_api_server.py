"""Rollouts behind an API server that stumbles: the verdict is right, nothing is lost, and an outage is told as one.

`make soak` does 30 rollouts; the ordinary tests do three of them.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import CdkitError, RolledBack, TimedOut, Unavailable
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit.models.environment import Environment
from cdkit.models.event import StepWaiting
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.observe.follow import Terms
from cdkit.observe.objects import follow_objects
from cdkit.observe.observation import Observation
from cdkit.step import Step
from cdkit.testing import FakeWorld, StepRun, run_step
from cdkit_deploy.set_image import SetImage
from tests.e2e.tiny import deployment, push_tiny_image
from tests.faults.api_server import Mischief, Repeated, Swallowed, is_watch
from tests.faults.proxy import Answer, Cut, Fault, Proxy, Request, Reset, Silence, Slow
from tests.real_world import eventually

pytestmark = pytest.mark.cluster

SOAK = bool(os.environ.get("CDKIT_SOAK"))
ROLLOUTS = 30 if SOAK else 3
ATTEMPTS = 3
"""As often a pipeline tries a step again by itself."""


def soak_name(value: object) -> str:
    """What `make soak` finds its tests by."""
    return f"soak-{value}"


@pytest.fixture(scope="session")
def images(registry: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two images that run."""
    folder = tmp_path_factory.mktemp("images")
    return push_tiny_image(folder / "one", registry), push_tiny_image(folder / "two", registry)


@pytest.fixture(scope="session")
def image(images: tuple[str, str]) -> str:
    """One of them."""
    return images[0]


@pytest.fixture
def running(real_cluster: KubernetesCluster, namespace: str, images: tuple[str, str]) -> str:
    """A Deployment `web` that runs the first image."""
    manifest = deployment("web", images[0])
    manifest["metadata"]["namespace"] = namespace  # type: ignore[index]
    real_cluster.create(manifest)
    eventually(lambda: (live(real_cluster, namespace).get("status") or {}).get("availableReplicas"))
    return images[0]


def live(cluster: KubernetesCluster, namespace: str) -> Manifest:
    found = cluster.get(ObjectRef("apps/v1", "Deployment", "web", namespace))
    assert found is not None
    return found


def image_of(cluster: KubernetesCluster, namespace: str) -> str:
    image: str = live(cluster, namespace)["spec"]["template"]["spec"]["containers"][0]["image"]
    return image


def run_again(step: type[Step], options: dict[str, object], cluster: KubernetesCluster, namespace: str) -> StepRun:
    """Run a step as a pipeline does, which tries again after an error that may pass."""
    world, place = FakeWorld(cluster=cluster), Environment("", "", namespace)
    for _ in range(ATTEMPTS):
        ended = run_step(step, options, world=world, environment=place, clock=SystemClock())
        if not isinstance(ended.error, Unavailable):
            break
    return ended


def set_image(image: str, cluster: KubernetesCluster, namespace: str) -> StepRun:
    options: dict[str, object] = {"workload": "web", "image": image, "wait": "90s", "preflight": "off"}
    return run_again(SetImage, options, cluster, namespace)


@pytest.mark.parametrize("seed", range(ROLLOUTS), ids=soak_name)
def test_the_verdict_is_right_whatever_goes_wrong(
    seed: int,
    proxy: Proxy,
    faulty_cluster: KubernetesCluster,
    real_cluster: KubernetesCluster,
    namespace: str,
    registry: str,
    running: str,
    images: tuple[str, str],
) -> None:
    proxy.choose = Mischief(seed)
    if seed % 3:
        ended = set_image(images[1], faulty_cluster, namespace)
        assert ended.error is None, ended.error
        assert image_of(real_cluster, namespace) == images[1]
    else:
        ended = set_image(f"{registry}/tiny:no-such-tag", faulty_cluster, namespace)
        assert isinstance(ended.error, RolledBack), ended.error
        assert ended.error.cause == "image-not-found"
        assert image_of(real_cluster, namespace) == running


def always(watch: Fault | None = None, other: Fault | None = None) -> object:
    def choose(request: Request) -> Fault:
        return (watch if is_watch(request) else other) or Fault()

    return choose


class EachThirdTime:
    """Refuses every third request that is not a watch."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._count = 0

    def __call__(self, request: Request) -> Fault:
        self._count += not is_watch(request)
        return self._fault if self._count % 3 == 1 and not is_watch(request) else Fault()


FAULTS = {
    "connections-reset": EachThirdTime(Reset()),
    "too-many-requests": EachThirdTime(Answer(429, Retry_After="1")),
    "internal-error": EachThirdTime(Answer(500)),
    "unavailable": EachThirdTime(Answer(503)),
    "a-slow-answer": always(other=Slow(1.0)),
    "watches-cut-every-second": always(watch=Cut(1)),
    "silence": always(watch=Silence(10.0 if SOAK else 3.0)),
    "events-lost": always(watch=Swallowed(3)),
}


@pytest.mark.parametrize("fault", FAULTS if SOAK else ["connections-reset", "events-lost"], ids=soak_name)
def test_a_rollout_comes_to_its_end_in_spite_of(
    fault: str,
    proxy: Proxy,
    faulty_cluster: KubernetesCluster,
    namespace: str,
    running: str,
    images: tuple[str, str],
) -> None:
    proxy.choose = FAULTS[fault]  # type: ignore[assignment]
    assert set_image(images[1], faulty_cluster, namespace).error is None


@pytest.mark.parametrize("seconds", [20.0 if SOAK else 4.0], ids=soak_name)
def test_an_outage_is_told_while_it_lasts_and_the_rollout_is_followed_to_its_end(
    seconds: float,
    proxy: Proxy,
    faulty_cluster: KubernetesCluster,
    real_cluster: KubernetesCluster,
    namespace: str,
    running: str,
    images: tuple[str, str],
) -> None:
    def go_away_for_a_while() -> None:
        eventually(lambda: image_of(real_cluster, namespace) == images[1] and any(map(is_watch, proxy.requests)))
        proxy.go_away()
        back.wait(seconds)
        proxy.come_back()

    back = threading.Event()
    outage = threading.Thread(target=go_away_for_a_while)
    outage.start()
    try:
        ended = set_image(images[1], faulty_cluster, namespace)
    finally:
        outage.join()
    assert ended.error is None, ended.error
    told = [event.what for event in ended.of(StepWaiting)]
    assert any("an answer again" in line and "Connection refused" in line for line in told), told


@pytest.fixture
def cancellation() -> Iterator[Cancellation]:
    """Ends a test that waits for what never comes."""
    cancellation = Cancellation()
    timer = threading.Timer(60, lambda: cancellation.cancel(TimedOut("It was not seen.")))
    timer.start()
    yield cancellation
    timer.cancel()


@pytest.mark.parametrize("seed", range(8 if SOAK else 1), ids=soak_name)
def test_no_object_is_lost(
    seed: int,
    proxy: Proxy,
    faulty_cluster: KubernetesCluster,
    real_cluster: KubernetesCluster,
    namespace: str,
    cancellation: Cancellation,
) -> None:
    proxy.choose = Mischief(seed)
    query = ObjectQuery("v1", "ConfigMap", namespace, label_selector="seen=yes")
    writer = threading.Thread(target=write_many, args=(real_cluster, namespace))
    with Observation(faulty_cluster, {"settings": query}, cancellation=cancellation, clock=SystemClock()) as observed:
        writer.start()
        for snapshot in observed.changes():
            seen = {item["metadata"]["name"]: item["data"]["round"] for item in snapshot["settings"]}
            if seen == {f"number-{number}": "4" for number in range(0, 40, 2)}:
                break
    writer.join()


def write_many(cluster: KubernetesCluster, namespace: str) -> None:
    """Forty objects, each changed four times; every second one is deleted."""
    for number in range(40):
        place = {"name": f"number-{number}", "namespace": namespace, "labels": {"seen": "yes"}}
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": place, "data": {"round": "0"}}
        ref = ObjectRef.of(cluster.create(made))
        for count in range(1, 5):
            cluster.patch(ref, {"data": {"round": str(count)}}, "merge")
        if number % 2:
            cluster.delete(ref)


def test_what_the_proxy_repeats_does_not_move_the_picture_back(
    proxy: Proxy,
    faulty_cluster: KubernetesCluster,
    real_cluster: KubernetesCluster,
    namespace: str,
    cancellation: Cancellation,
) -> None:
    proxy.choose = always(watch=Repeated(random.Random(7)))  # type: ignore[assignment]
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": namespace}}
    ref = ObjectRef.of(real_cluster.create({**made, "data": {"round": "0"}}))
    rounds: list[int] = []
    query = ObjectQuery("v1", "ConfigMap", namespace, field_selector="metadata.name=one")
    with Observation(faulty_cluster, {"one": query}, cancellation=cancellation, clock=SystemClock()) as observed:
        for snapshot in observed.changes():
            rounds.append(int(snapshot["one"][0]["data"]["round"]))
            if rounds[-1] == 20:
                break
            real_cluster.patch(ref, {"data": {"round": str(rounds[-1] + 1)}}, "merge")
    assert rounds == sorted(rounds)


def test_a_rollout_is_watched_and_not_asked_about(
    proxy: Proxy, faulty_cluster: KubernetesCluster, namespace: str, image: str
) -> None:
    manifest = deployment("web", image, replicas=3)
    manifest["metadata"]["namespace"] = namespace  # type: ignore[index]
    ref = ObjectRef.of(faulty_cluster.create(manifest))
    proxy.requests.clear()
    decision = follow_objects(
        faulty_cluster,
        [ref],
        Terms(Cancellation(), SystemClock(), lambda _: None),
        on_progress=lambda *_: None,
        seconds=60,
    )[ref]
    assert decision.state == "succeeded"
    asked = [request.path for request in proxy.requests if not is_watch(request)]
    assert len(asked) == 5, "the workload, and a list of each of the four kinds that are watched"
    assert len(set(asked)) == 5


def test_an_api_server_that_never_answers_is_an_outage_and_no_verdict(
    proxy: Proxy, faulty_cluster: KubernetesCluster, namespace: str, running: str
) -> None:
    proxy.go_away()
    with pytest.raises(CdkitError, match="Connection refused"):
        faulty_cluster.get(ObjectRef("apps/v1", "Deployment", "web", namespace))
