"""Pushes arrive, whatever happens on their way: a real engine, and a real registry behind a proxy that stumbles."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.clients.engine.docker_engine import DockerEngine
from cdkit.clients.registry.distribution_registry import DistributionRegistry
from cdkit.flow.clock import SystemClock
from cdkit.testing import FakeWorld, StepRun, run_step
from cdkit_images.push_to_registry import PushToRegistry
from tests.faults.registry_proxy import Fault, Plan, RegistryProxy, mostly_well, registry_proxy

pytestmark = pytest.mark.cluster

ALL: tuple[Fault, ...] = ("reset", "unavailable", "limited", "slow", "cut", "unanswered")


class Site:
    """An engine, and a registry behind a proxy."""

    def __init__(self, proxy: RegistryProxy, folder: Path) -> None:
        self.proxy = proxy
        self._folder = folder
        self._world = FakeWorld(images=DockerEngine(), registry=DistributionRegistry({"HOME": str(folder)}))
        self._built: list[str] = []

    def build(self, layers: int = 2) -> str:
        """An image of layers that nobody has yet, under a name in the registry."""
        names = [f"layer-{number}" for number in range(layers)]
        for name in names:
            (self._folder / name).write_bytes(os.urandom(100_000))
        (self._folder / "Dockerfile").write_text("\n".join(["FROM scratch", *(f"COPY {name} /" for name in names)]))
        reference = f"{self.proxy.host}/cdkit-test/{secrets.token_hex(4)}:{secrets.token_hex(8)}"
        subprocess.run(["docker", "build", "-q", "-t", reference, str(self._folder)], check=True, capture_output=True)
        self._built.append(reference)
        return reference

    def push(self, reference: str, plan: Plan) -> StepRun:
        """Push while the plan holds."""
        self.proxy.plan = plan
        ended = run_step(PushToRegistry, {"image": reference}, world=self._world, clock=SystemClock())
        self.proxy.plan = lambda _method, _path: "none"
        return ended

    def check_arrived(self, reference: str, ended: StepRun) -> None:
        """The registry itself serves the image of the engine by the digest that the step gave."""
        direct = reference.replace(self.proxy.host, self.proxy.registry)
        registry = DistributionRegistry({"HOME": str(self._folder)})
        assert registry.digest(direct) == ended.outputs.digest
        assert registry.image_id(direct) == self._world.images().image_id(reference)

    def tidy(self) -> None:
        """Take the images from the engine."""
        subprocess.run(["docker", "rmi", "-f", "--no-prune", *self._built], check=False, capture_output=True)


@pytest.fixture
def site(registry: str, tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "image"
    folder.mkdir()
    with registry_proxy(registry) as proxy:
        site = Site(proxy, folder)
        yield site
        site.tidy()


def first(method: str, part: str, *faults: Fault) -> Plan:
    """A plan that lets something happen to the first requests of a kind."""
    rest = list(faults)
    return lambda asked, path: rest.pop(0) if rest and asked == method and part in path else "none"


def test_what_the_engine_gives_up_at_is_pushed_again(site: Site) -> None:
    reference = site.build()
    ended = site.push(reference, first("PUT", "/manifests/", "unavailable", "limited"))
    site.check_arrived(reference, ended)
    assert sum("Pushing again" in line for line in ended.lines) == 2


def test_an_image_whose_last_answer_got_lost_has_arrived(site: Site) -> None:
    reference = site.build()
    ended = site.push(reference, first("PUT", "/manifests/", "unanswered"))
    site.check_arrived(reference, ended)
    assert sum(request.startswith("PUT") and "/manifests/" in request for request in site.proxy.requests) == 1


def test_a_layer_that_is_cut_off_in_the_middle_is_sent_again(site: Site) -> None:
    reference = site.build()
    ended = site.push(reference, first("PATCH", "/uploads/", "cut"))
    site.check_arrived(reference, ended)
    assert site.proxy.happened["cut"] == 1


@pytest.mark.skipif("CDKIT_SOAK" not in os.environ, reason="CDKIT_SOAK=1 runs the long campaigns")
def test_a_soak_of_fifty_pushes(site: Site) -> None:
    for seed in range(50):
        reference = site.build()
        site.check_arrived(reference, site.push(reference, mostly_well(seed, 0.1, ALL)))
    assert set(site.proxy.happened) == {*ALL, "none"}
