"""Copies between registries arrive, whatever happens on their way: a real registry behind a proxy that stumbles."""

from __future__ import annotations

import os
import secrets
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.clients.registry.distribution_registry import DistributionRegistry
from cdkit.errors import AccessDenied, Cancelled, ObjectNotFound, RegistryUnreachable, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import Credentials
from cdkit.testing import FakeClock
from tests.faults.played_server import Asked, Said, played_server
from tests.faults.registry_proxy import Fault, RegistryProxy, mostly_well, registry_proxy
from tests.faults.served_images import Repository, digest_of
from tests.faults.token_proxy import token_proxy

pytestmark = pytest.mark.cluster

LAYERS = [os.urandom(300_000), os.urandom(70_000), b"", b"small"]


class Way:
    """A source and a target, each behind a proxy of its own, so that they seem to be two registries."""

    def __init__(self, source: RegistryProxy, target: RegistryProxy, registry: str, home: Path) -> None:
        self.source = source
        self.target = target
        self.repository = Repository(registry)
        # Pauses take no time, but are as long as they should be.
        self.clock = FakeClock(auto_advance=True)
        self.client = DistributionRegistry({"HOME": str(home)}, self.clock)
        self.progress: list[tuple[str, int, int]] = []

    def copy(self, tag: str, target: str = "", cancellation: Cancellation | None = None) -> str:
        def show(item: str, done: int, total: int) -> None:
            self.progress.append((item, done, total))

        return self.client.copy(
            f"{self.source.host}/{self.repository.path}:{tag}",
            target or self.new_target,
            on_progress=show,
            cancellation=cancellation or Cancellation(),
        )

    @property
    def new_target(self) -> str:
        return f"{self.target.host}/cdkit-test/copy-{secrets.token_hex(4)}:1"


@pytest.fixture
def way(registry: str, tmp_path: Path) -> Iterator[Way]:
    with registry_proxy(registry) as source, registry_proxy(registry) as target:
        yield Way(source, target, registry, tmp_path)


def check_copied(way: Way, digest: str, target: str, layers: list[bytes]) -> None:
    """The target serves the image under its name, with every byte of its layers."""
    way.target.plan = lambda _method, _path: "none"
    assert way.client.digest(target) == digest
    there = Repository(way.repository.registry)
    there.path = target.partition("/")[2].partition(":")[0]
    assert [there.blob(digest_of(layer)) for layer in layers] == layers


@pytest.mark.parametrize("fault", ["reset", "unavailable", "limited", "slow", "cut", "unanswered"])
@pytest.mark.parametrize("side", ["source", "target"])
def test_an_image_arrives_over_a_way_that_stumbles(way: Way, side: str, fault: Fault) -> None:
    digest = way.repository.push_image(LAYERS, "1")
    stumbling: RegistryProxy = getattr(way, side)
    stumbling.plan = mostly_well(1, 0.5, (fault,))
    target = way.new_target
    assert way.copy("1", target) == digest
    assert stumbling.happened[fault] > 0
    check_copied(way, digest, target, LAYERS)


def test_an_index_arrives_with_the_images_of_all_platforms(way: Way) -> None:
    images = {name: way.repository.push_image([os.urandom(1000)], architecture=name) for name in ("amd64", "arm64")}
    digest, target = way.repository.push_index(images, "multi"), way.new_target
    assert way.copy("multi", target) == digest
    assert way.client.platforms(target) == ("linux/amd64", "linux/arm64")
    for image in images.values():
        assert way.client.digest(f"{target.removesuffix(':1')}@{image}") == image


def test_what_is_there_is_not_sent_again(way: Way) -> None:
    way.repository.push_image(LAYERS, "1")
    target = way.new_target
    way.copy("1", target)
    before, blobs = len(way.target.requests), way.source.blob_bytes
    way.copy("1", f"{target}-again")
    assert way.source.blob_bytes == blobs
    assert [request.partition(" ")[0] for request in way.target.requests[before:]] == ["HEAD", "PUT"]


def test_layers_are_taken_over_within_a_registry(way: Way) -> None:
    digest = way.repository.push_image(LAYERS, "1")
    target = f"{way.source.host}/cdkit-test/copy-{secrets.token_hex(4)}:1"
    assert way.copy("1", target) == digest
    assert way.source.blob_bytes == 0
    assert sum("mount=" in request for request in way.source.requests) == 5, "four layers and the configuration"


def test_progress_runs_forward_and_ends_whole(way: Way) -> None:
    way.repository.push_image(LAYERS, "1")
    way.source.plan = mostly_well(2, 0.5, ("cut",))
    way.copy("1")
    for item in {item for item, _, _ in way.progress}:
        done = [done for shown, done, _ in way.progress if shown == item]
        total = next(total for shown, _, total in way.progress if shown == item)
        assert done == sorted(done)
        assert done[-1] == total


def test_a_large_layer_is_never_whole_in_memory(way: Way) -> None:
    layer = bytes(64 << 20)
    way.repository.push_image([layer], "large")
    tracemalloc.start()
    way.copy("large")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_copy_that_is_cancelled_ends_at_once(way: Way) -> None:
    way.repository.push_image([os.urandom(8 << 20)], "1")
    way.source.plan = lambda _method, path: "slow" if "blobs" in path else "none"
    cancellation, target = Cancellation(), way.new_target
    threading.Timer(0.5, cancellation.cancel, [Cancelled()]).start()
    with pytest.raises(Cancelled):
        way.copy("1", target, cancellation)
    way.target.plan = lambda _method, _path: "none"
    assert way.client.digest(target) is None


def test_a_layer_that_is_not_what_its_digest_says_never_arrives(way: Way) -> None:
    def lie(asked: Asked) -> Said:
        return Said(200, b"something else") if "/blobs/" in asked.path else _manifest(way, asked)

    way.repository.push_image([b"what it is to be"], "1")
    with played_server() as liar:
        liar.play = lie
        source, target = f"{liar.host}/{way.repository.path}:1", way.new_target
        with pytest.raises((WorldFailed, RegistryUnreachable)):
            way.client.copy(source, target, on_progress=lambda *_: None, cancellation=Cancellation())
    assert way.client.digest(target) is None


def test_tokens_that_expire_in_the_middle_are_had_anew(way: Way, registry: str) -> None:
    digest = way.repository.push_image(LAYERS, "1")
    login = Credentials("robot", "s3cret")
    with token_proxy(registry, login, revoke_at=9) as guarded:
        target = f"{guarded.host}/cdkit-test/copy-{secrets.token_hex(4)}:1"
        copied = way.client.copy(
            f"{way.source.host}/{way.repository.path}:1",
            target,
            credentials=login,
            on_progress=lambda *_: None,
            cancellation=Cancellation(),
        )
        assert copied == digest == way.client.digest(target, credentials=login)
        path = target.partition("/")[2].partition(":")[0]
        assert guarded.scopes == {f"repository:{path}:pull", f"repository:{path}:pull,push"}
        assert guarded.issued == 4, "one for each scope, and each anew"


def test_a_target_that_we_may_not_write_gets_nothing(way: Way, registry: str) -> None:
    way.repository.push_image(LAYERS, "1")
    with token_proxy(registry, Credentials("robot", "s3cret")) as guarded, pytest.raises(AccessDenied):
        way.copy("1", f"{guarded.host}/cdkit-test/copy:1")
    assert way.source.blob_bytes == 0


def test_a_blob_that_the_source_lacks_is_named(way: Way) -> None:
    digest = way.repository.push_image([b"here"], "1")
    way.source.plan = lambda _method, _path: "none"
    with played_server() as source:
        source.play = lambda asked: Said(404) if "/blobs/" in asked.path else _manifest(way, asked)
        with pytest.raises(ObjectNotFound, match="Cannot read sha256:"):
            way.client.copy(
                f"{source.host}/{way.repository.path}@{digest}",
                way.new_target,
                on_progress=lambda *_: None,
                cancellation=Cancellation(),
            )


def _manifest(way: Way, asked: Asked) -> Said:
    url, headers = f"http://{way.repository.registry}{asked.path}", {"Accept": asked.headers["accept"]}
    answer = way.repository._http.request("GET", url, headers=headers)
    return Said(200, answer.data, {"Content-Type": answer.headers["Content-Type"]})
