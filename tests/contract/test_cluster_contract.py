"""What a step may rely on of a cluster: the same of the fake one and of the real one."""

from __future__ import annotations

import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import (
    AccessDenied,
    Cancelled,
    ClusterUnreachable,
    ObjectConflict,
    ObjectNotFound,
    RequestRejected,
)
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import Executed, LogLine
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery, ObjectRef, Resource
from cdkit.ports.cluster import Cluster
from cdkit.testing import FakeCluster, FakeProgram
from tests.contract.conftest import write_kubeconfig
from tests.real_world import eventually, own_namespace

ECHOED = 300_000
"""Bytes: more than fits into the buffers between, so that input and output have to flow beside each other."""

ANSWER = ("/bin/sh", "-c", "echo yes; echo no >&2; exit 4")
ECHO = ("/bin/busybox", "head", "-c", str(ECHOED))
STAY = ("/bin/sh", "-c", "echo begun; exec /bin/busybox sleep 600")
SOON = 2.0
"""Seconds within which a cancel has to be heard."""


class Place(ABC):
    """A cluster, and a namespace in it for one test."""

    cluster: Cluster
    namespace: str

    @abstractmethod
    def stranger(self) -> Cluster:
        """The same cluster, as somebody who may not read ConfigMaps."""

    @abstractmethod
    def away(self) -> Cluster:
        """A cluster that does not answer."""

    @abstractmethod
    def ended_pod(self, *lines: str) -> ObjectRef:
        """A pod whose container `main` has printed these lines and ended."""

    @abstractmethod
    def silent_pod(self, *lines: str) -> ObjectRef:
        """A pod whose container `main` has printed these lines and runs on in silence."""

    @abstractmethod
    def idle_pod(self) -> ObjectRef:
        """A pod whose container `main` runs and does nothing; others may use it too."""


class FakePlace(Place):
    def __init__(self) -> None:
        self.namespace = "staging"
        self.cluster = self.fake = FakeCluster("staging")
        self.fake.programs.on(*ANSWER, program=FakeProgram(prints=("yes",), complains=("no",), exit_code=4))
        self.fake.programs.on(*ECHO, program=FakeProgram(echoes=True))
        self.fake.programs.on(*STAY, program=FakeProgram(prints=("begun",), stays=True))

    def stranger(self) -> Cluster:
        self.fake.deny("get", "configmaps")
        return self.fake

    def away(self) -> Cluster:
        self.fake.go_away()
        return self.fake

    def ended_pod(self, *lines: str) -> ObjectRef:
        return self._pod(lines, still_running=False)

    def silent_pod(self, *lines: str) -> ObjectRef:
        return self._pod(lines, still_running=True)

    def idle_pod(self) -> ObjectRef:
        return self._pod((), still_running=True)

    def _pod(self, lines: tuple[str, ...], *, still_running: bool) -> ObjectRef:
        created = self.cluster.create(pod_manifest("tiny", [], self.namespace))
        state = {"running": {}} if still_running else {"terminated": {"exitCode": 0}}
        self.fake.put_status(ObjectRef.of(created), {"containerStatuses": [{"name": "main", "state": state}]})
        self.fake.logs_of_pods.write(created["metadata"]["name"], "main", *lines, still_running=still_running)
        return ObjectRef.of(created)


class RealPlace(Place):
    def __init__(
        self, cluster: KubernetesCluster, namespace: str, folder: Path, request: pytest.FixtureRequest
    ) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.folder = folder
        self.request = request

    def stranger(self) -> Cluster:
        host = self.cluster._transport.server.host  # type: ignore[attr-defined]
        return KubernetesCluster.connect("", kubeconfig=write_kubeconfig(self.folder, host))

    def away(self) -> Cluster:
        kubeconfig = write_kubeconfig(self.folder, "https://127.0.0.1:1")
        return KubernetesCluster.connect("", kubeconfig=kubeconfig, sleep=lambda _: None)

    def ended_pod(self, *lines: str) -> ObjectRef:
        ref = self._run(lines, "")
        eventually(lambda: self._phase(ref) == "Succeeded")
        return ref

    def silent_pod(self, *lines: str) -> ObjectRef:
        ref = self._run(lines, "exec sleep 600")
        eventually(lambda: self._phase(ref) == "Running")
        return ref

    def idle_pod(self) -> ObjectRef:
        pod: ObjectRef = self.request.getfixturevalue("idle_pod")
        return pod

    def _run(self, lines: tuple[str, ...], then: str) -> ObjectRef:
        script = "\n".join([f"echo '{line}'" for line in lines] + [then])
        image = self.request.getfixturevalue("tiny_image")
        return ObjectRef.of(self.cluster.create(pod_manifest(image, ["/bin/sh", "-c", script], self.namespace)))

    def _phase(self, ref: ObjectRef) -> str:
        return str((self.cluster.get(ref) or {})["status"]["phase"])


@pytest.fixture(scope="module")
def idle_pod(real_cluster: KubernetesCluster, tiny_image: str) -> Iterator[ObjectRef]:
    with own_namespace(real_cluster) as name:
        ref = ObjectRef.of(real_cluster.create(pod_manifest(tiny_image, ["/bin/sleep", "600"], name)))
        eventually(lambda: (real_cluster.get(ref) or {})["status"]["phase"] == "Running")
        yield ref


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.cluster)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "fake":
        return FakePlace()
    cluster, namespace = request.getfixturevalue("real_cluster"), request.getfixturevalue("namespace")
    return RealPlace(cluster, namespace, tmp_path, request)


def config_map(place: Place, name: str = "settings", **data: str) -> Manifest:
    metadata = {"name": name, "namespace": place.namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(place: Place, **images: str) -> Manifest:
    labels = {"app": "web"}
    containers = [{"name": name, "image": image} for name, image in images.items()]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": place.namespace},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    }


def pod_manifest(image: str, command: list[str], namespace: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "test-", "namespace": namespace},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            # A namespace's account may be there before its token.
            "automountServiceAccountToken": False,
            "containers": [{"name": "main", "image": image, "command": command}],
        },
    }


def images_of(manifest: Manifest) -> dict[str, str]:
    return {item["name"]: item["image"] for item in manifest["spec"]["template"]["spec"]["containers"]}


def config_maps(place: Place, label_selector: str = "", field_selector: str = "") -> ObjectQuery:
    return ObjectQuery("v1", "ConfigMap", place.namespace, label_selector, field_selector)


def labelled(manifest: Manifest, **labels: str) -> Manifest:
    return {**manifest, "metadata": {**manifest["metadata"], "labels": labels}}


# Reading


def test_an_object_that_is_not_there_is_none(place: Place) -> None:
    assert place.cluster.get(ObjectRef("v1", "ConfigMap", "nothing", place.namespace)) is None


def test_an_object_that_is_there_is_given_whole(place: Place) -> None:
    place.cluster.apply(config_map(place, a="1"))
    found = place.cluster.get(ObjectRef("v1", "ConfigMap", "settings", place.namespace))
    assert found is not None
    assert (found["apiVersion"], found["kind"], found["data"]) == ("v1", "ConfigMap", {"a": "1"})
    assert found["metadata"]["namespace"] == place.namespace
    assert found["metadata"]["uid"]
    assert found["metadata"]["resourceVersion"]
    assert found["metadata"]["creationTimestamp"].endswith("Z")


def test_a_kind_that_the_server_does_not_have_is_refused_and_not_none(place: Place) -> None:
    with pytest.raises(RequestRejected, match=r"example.com/v1 Unheard"):
        place.cluster.get(ObjectRef("example.com/v1", "Unheard", "x", place.namespace))


def test_an_object_outside_of_namespaces_is_found(place: Place) -> None:
    found = place.cluster.get(ObjectRef("v1", "Namespace", place.namespace, "ignored"))
    assert found is not None
    assert found["metadata"]["name"] == place.namespace


def test_a_list_holds_what_the_selectors_choose(place: Place) -> None:
    place.cluster.apply(labelled(config_map(place, "one"), app="web", tier="a"))
    place.cluster.apply(labelled(config_map(place, "two"), app="web"))
    place.cluster.apply(labelled(config_map(place, "three"), app="other"))

    def names(label_selector: str = "", field_selector: str = "") -> set[str]:
        found, _ = place.cluster.list(config_maps(place, label_selector, field_selector))
        return {item["metadata"]["name"] for item in found} & {"one", "two", "three"}

    assert names("app=web") == {"one", "two"}
    assert names("app=web,tier") == {"one"}
    assert names("app=web,!tier") == {"two"}
    assert names("app in (web, other),app!=web") == {"three"}
    assert names("app notin (other)") == {"one", "two"}
    assert names("app=nobody") == set()
    assert names(field_selector="metadata.name=two") == {"two"}


def test_the_items_of_a_list_name_their_kind(place: Place) -> None:
    place.cluster.apply(labelled(config_map(place), app="web"))
    (found,), version = place.cluster.list(config_maps(place, "app=web"))
    assert (found["apiVersion"], found["kind"]) == ("v1", "ConfigMap")
    assert int(version) >= int(found["metadata"]["resourceVersion"])


# Applying


def test_applying_the_same_again_changes_nothing(place: Place) -> None:
    first = place.cluster.apply(config_map(place, a="1"))
    again = place.cluster.apply(config_map(place, a="1"))
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_a_field_that_is_not_applied_any_more_goes_away(place: Place) -> None:
    place.cluster.apply(config_map(place, a="1", b="2"))
    assert place.cluster.apply(config_map(place, a="3"))["data"] == {"a": "3"}


def test_a_field_of_somebody_else_stays(place: Place) -> None:
    created = place.cluster.create(config_map(place, theirs="1"))
    ref = ObjectRef.of(created)
    place.cluster.apply(config_map(place, ours="2"))
    place.cluster.apply(config_map(place, ours="3"))
    assert (place.cluster.get(ref) or {})["data"] == {"theirs": "1", "ours": "3"}


def test_a_field_of_somebody_else_is_taken_over_when_it_is_applied(place: Place) -> None:
    place.cluster.create(config_map(place, a="theirs"))
    assert place.cluster.apply(config_map(place, a="ours"))["data"] == {"a": "ours"}


def test_a_field_that_another_manager_applies_too_stays_when_we_give_it_up(place: Place) -> None:
    place.cluster.apply(config_map(place, a="1", b="2"))
    place.cluster.apply(config_map(place, a="1"), force=False, manager="heir")
    assert place.cluster.apply(config_map(place, b="2"))["data"] == {"a": "1", "b": "2"}


def test_what_we_have_taken_over_is_ours_from_then_on(place: Place) -> None:
    place.cluster.apply(config_map(place, a="theirs"), manager="somebody")
    place.cluster.apply(config_map(place, a="ours"))
    assert place.cluster.apply(config_map(place, a="newer"), force=False)["data"] == {"a": "newer"}


def test_fields_of_somebody_else_are_named_when_they_are_not_to_be_taken_over(place: Place) -> None:
    place.cluster.create(deployment(place, web="theirs:1", sidecar="log:1"))
    assert place.cluster.apply(deployment(place, web="theirs:1"), force=False)
    for dry_run in (True, False):
        with pytest.raises(ObjectConflict) as raised:
            place.cluster.apply(deployment(place, web="ours:1"), dry_run=dry_run, force=False)
        (refused,) = raised.value.fields
        assert refused.field == '.spec.template.spec.containers[name="web"].image'
        assert refused.reason == "FieldManagerConflict"
        assert refused.message.startswith('conflict with "cdkit" using apps/v1')
    live = place.cluster.get(ObjectRef("apps/v1", "Deployment", "web", place.namespace)) or {}
    assert images_of(live) == {"web": "theirs:1", "sidecar": "log:1"}


def test_containers_are_applied_one_by_one(place: Place) -> None:
    place.cluster.apply(deployment(place, web="web:1", sidecar="log:1"))
    assert images_of(place.cluster.apply(deployment(place, web="web:2", sidecar="log:1"))) == {
        "web": "web:2",
        "sidecar": "log:1",
    }
    assert images_of(place.cluster.apply(deployment(place, web="web:2"))) == {"web": "web:2"}


def test_an_object_remembers_what_we_applied(place: Place) -> None:
    metadata = place.cluster.apply(config_map(place, a="1"))["metadata"]
    entry = next(entry for entry in metadata["managedFields"] if entry["manager"] == "cdkit")
    assert entry["operation"] == "Apply"
    assert set(entry["fieldsV1"]["f:data"]) - {"."} == {"f:a"}


def test_a_changed_specification_is_a_new_generation(place: Place) -> None:
    first = place.cluster.apply(deployment(place, web="web:1"))["metadata"]["generation"]
    assert place.cluster.apply(deployment(place, web="web:1"))["metadata"]["generation"] == first
    assert place.cluster.apply(deployment(place, web="web:2"))["metadata"]["generation"] == first + 1


def test_a_dry_run_shows_the_object_and_changes_nothing(place: Place) -> None:
    ref = ObjectRef("v1", "ConfigMap", "settings", place.namespace)
    assert place.cluster.apply(config_map(place, a="1"), dry_run=True)["data"] == {"a": "1"}
    assert place.cluster.get(ref) is None
    place.cluster.apply(config_map(place, a="1"))
    assert place.cluster.apply(config_map(place, a="2"), dry_run=True)["data"] == {"a": "2"}
    assert (place.cluster.get(ref) or {})["data"] == {"a": "1"}


def test_a_namespace_that_is_missing_is_named(place: Place) -> None:
    manifest = config_map(place, a="1")
    manifest["metadata"]["namespace"] = "no-such-namespace"
    for write in (place.cluster.apply, partial(place.cluster.apply, dry_run=True), place.cluster.create):
        with pytest.raises(ObjectNotFound, match="namespace no-such-namespace does not exist"):
            write(manifest)


# Creating, patching, deleting


def test_what_exists_already_cannot_be_created(place: Place) -> None:
    place.cluster.create(config_map(place, a="1"))
    with pytest.raises(ObjectConflict, match="ConfigMap settings"):
        place.cluster.create(config_map(place, a="2"))


def test_the_server_completes_a_generated_name(place: Place) -> None:
    manifest = config_map(place)
    manifest["metadata"] = {"generateName": "job-", "namespace": place.namespace}
    names = [place.cluster.create(manifest)["metadata"]["name"] for _ in range(2)]
    assert len(set(names)) == 2
    assert all(name.startswith("job-") and len(name) > len("job-") for name in names)


def test_a_merge_patch_changes_and_deletes_fields(place: Place) -> None:
    ref = ObjectRef.of(place.cluster.create(config_map(place, a="1", b="2")))
    assert place.cluster.patch(ref, {"data": {"a": None, "c": "3"}}, "merge")["data"] == {"b": "2", "c": "3"}


def test_a_strategic_patch_changes_one_container_of_many(place: Place) -> None:
    ref = ObjectRef.of(place.cluster.create(deployment(place, web="web:1", sidecar="log:1")))
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:2"}]}}}}
    assert images_of(place.cluster.patch(ref, patch, "strategic")) == {"web": "web:2", "sidecar": "log:1"}


def test_a_json_patch_is_done_in_order(place: Place) -> None:
    ref = ObjectRef.of(place.cluster.create(config_map(place, a="1")))
    patch = [
        {"op": "test", "path": "/data/a", "value": "1"},
        {"op": "add", "path": "/metadata/annotations", "value": {}},
        {"op": "add", "path": "/metadata/annotations/example.com~1note", "value": "2"},
        {"op": "remove", "path": "/data/a"},
    ]
    patched = place.cluster.patch(ref, patch, "json")
    assert patched["metadata"]["annotations"] == {"example.com/note": "2"}
    assert not patched.get("data")


def test_a_json_patch_of_a_place_that_is_not_there_is_refused(place: Place) -> None:
    ref = ObjectRef.of(place.cluster.create(config_map(place, a="1")))
    with pytest.raises(RequestRejected, match="ConfigMap settings"):
        place.cluster.patch(ref, [{"op": "remove", "path": "/data/b"}], "json")


def test_what_is_not_there_cannot_be_patched(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="ConfigMap nothing"):
        place.cluster.patch(ObjectRef("v1", "ConfigMap", "nothing", place.namespace), {}, "merge")


def test_a_patch_of_an_older_version_is_a_conflict(place: Place) -> None:
    first = place.cluster.create(config_map(place, a="1"))
    ref, version = ObjectRef.of(first), first["metadata"]["resourceVersion"]
    place.cluster.patch(ref, {"data": {"a": "2"}}, "merge")
    with pytest.raises(ObjectConflict, match="ConfigMap settings"):
        place.cluster.patch(ref, {"metadata": {"resourceVersion": version}, "data": {"a": "3"}}, "merge")


def test_deleting_says_whether_there_was_anything(place: Place) -> None:
    ref = ObjectRef.of(place.cluster.create(config_map(place)))
    assert place.cluster.delete(ref) is True
    assert place.cluster.delete(ref) is False
    assert place.cluster.get(ref) is None


def test_what_an_object_owns_goes_with_it(place: Place) -> None:
    owner = place.cluster.create(config_map(place, "owner"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    owned = config_map(place, "owned")
    owned["metadata"]["ownerReferences"] = [reference]
    ref = ObjectRef.of(place.cluster.create(owned))
    place.cluster.delete(ObjectRef.of(owner))
    eventually(lambda: place.cluster.get(ref) is None)


def test_what_an_object_owns_stays_when_it_is_to_be_orphaned(place: Place) -> None:
    owner = place.cluster.create(config_map(place, "owner"))
    owned = config_map(place, "owned")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    owned["metadata"]["ownerReferences"] = [reference]
    ref = ObjectRef.of(place.cluster.create(owned))
    assert place.cluster.delete(ObjectRef.of(owner), orphan=True) is True
    eventually(lambda: place.cluster.get(ObjectRef.of(owner)) is None)
    live = place.cluster.get(ref)
    assert live is not None
    assert not live["metadata"].get("ownerReferences")


def test_many_threads_may_share_a_cluster(place: Place) -> None:
    manifests = [labelled(config_map(place, f"item-{number}"), app="many") for number in range(60)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(place.cluster.apply, manifests))
    found, _ = place.cluster.list(config_maps(place, "app=many"))
    assert len(found) == len(manifests)


# Watching


def next_changes(changes: Iterator[ObjectChange], count: int) -> list[tuple[str, str]]:
    wanted = (change for change in changes if change.type != "BOOKMARK")
    return [(change.type, change.object["metadata"]["name"]) for change in islice(wanted, count)]


def test_a_watch_gives_what_happened_since_a_version(place: Place) -> None:
    _, version = place.cluster.list(config_maps(place))
    ref = ObjectRef.of(place.cluster.create(config_map(place, a="1")))
    place.cluster.patch(ref, {"data": {"a": "2"}}, "merge")
    place.cluster.delete(ref)
    changes = place.cluster.watch(config_maps(place, field_selector="metadata.name=settings"), version, Cancellation())
    assert next_changes(changes, 3) == [("ADDED", "settings"), ("MODIFIED", "settings"), ("DELETED", "settings")]


def test_a_watch_gives_what_happens_from_now_on(place: Place) -> None:
    _, version = place.cluster.list(config_maps(place))
    later = threading.Timer(0.2, place.cluster.create, [config_map(place, "later")])
    later.start()
    changes = place.cluster.watch(config_maps(place, field_selector="metadata.name=later"), version, Cancellation())
    assert next_changes(changes, 1) == [("ADDED", "later")]
    later.join()


def test_an_object_that_ends_to_match_is_deleted_for_a_watch(place: Place) -> None:
    ref = ObjectRef.of(place.cluster.create(labelled(config_map(place), app="web")))
    _, version = place.cluster.list(config_maps(place, "app=web"))
    place.cluster.patch(ref, {"metadata": {"labels": {"app": "other"}}}, "merge")
    place.cluster.patch(ref, {"metadata": {"labels": {"app": "web"}}}, "merge")
    changes = place.cluster.watch(config_maps(place, "app=web"), version, Cancellation())
    assert next_changes(changes, 2) == [("DELETED", "settings"), ("ADDED", "settings")]


def test_a_watch_is_left_at_once_on_a_cancel(place: Place) -> None:
    _, version = place.cluster.list(config_maps(place))
    assert_ends_on_cancel(lambda cancellation: place.cluster.watch(config_maps(place), version, cancellation))


def test_a_watch_does_not_begin_after_a_cancel(place: Place) -> None:
    cancellation = Cancellation()
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        next(iter(place.cluster.watch(config_maps(place), "0", cancellation)))


def assert_ends_on_cancel(begin: Any, after: int = 0) -> list[Any]:
    """Cancel shortly after so many items have come, and give these."""
    cancellation, cancelled_at, items = Cancellation(), [0.0], []

    def cancel() -> None:
        cancelled_at[0] = time.monotonic()
        cancellation.cancel(Cancelled())

    def read() -> None:
        for item in begin(cancellation):
            items.append(item)
            if len(items) == after:
                timer.start()

    timer = threading.Timer(0.3, cancel)
    if not after:
        timer.start()
    with pytest.raises(Cancelled):
        read()
    assert time.monotonic() - cancelled_at[0] < SOON
    timer.join()
    return items


# Logs


def test_a_log_is_given_line_by_line(place: Place) -> None:
    pod = place.ended_pod("one", "two", "three")
    assert list(place.cluster.logs(pod, "main", cancellation=Cancellation())) == ["one", "two", "three"]
    assert list(place.cluster.logs(pod, "main", cancellation=Cancellation(), tail=2)) == ["two", "three"]


def test_a_log_that_is_followed_ends_with_the_container(place: Place) -> None:
    pod = place.ended_pod("one", "two")
    assert list(place.cluster.logs(pod, "main", cancellation=Cancellation(), follow=True)) == ["one", "two"]


def test_a_log_that_is_followed_is_left_at_once_on_a_cancel(place: Place) -> None:
    pod = place.silent_pod("one")
    lines = assert_ends_on_cancel(
        lambda cancellation: place.cluster.logs(pod, "main", cancellation=cancellation, follow=True), after=1
    )
    assert lines == ["one"]


def test_logs_that_cannot_be_had_say_why(place: Place) -> None:
    nobody = ObjectRef("v1", "Pod", "nobody", place.namespace)
    with pytest.raises(ObjectNotFound, match="Pod nobody"):
        list(place.cluster.logs(nobody, "main", cancellation=Cancellation()))
    pod = place.ended_pod("one")
    with pytest.raises(RequestRejected, match="other"):
        list(place.cluster.logs(pod, "other", cancellation=Cancellation()))
    with pytest.raises(RequestRejected, match="previous"):
        list(place.cluster.logs(pod, "main", cancellation=Cancellation(), previous=True))


def log_lines(place: Place, pod: ObjectRef, since: str = "") -> list[LogLine]:
    return list(chain.from_iterable(place.cluster.log_lines(pod, "main", since=since, cancellation=Cancellation())))


def test_a_log_has_the_times_of_its_lines(place: Place) -> None:
    lines = log_lines(place, place.ended_pod("one", "two", "three"))
    assert [line.text for line in lines] == ["one", "two", "three"]
    times = [line.time for line in lines]
    assert times == sorted(times)
    assert all(len(time) == len("2026-01-01T00:00:00.000000000Z") and time.endswith("Z") for time in times)


def test_a_log_is_resumed_from_the_time_of_a_line(place: Place) -> None:
    pod = place.ended_pod("one", "two", "three", "four")
    whole = log_lines(place, pod)
    for number, line in enumerate(whole):
        first = next(i for i, other in enumerate(whole) if other.time == line.time)
        assert log_lines(place, pod, line.time) == whole[first:], number
    assert log_lines(place, pod, "2999-01-01T00:00:00.000000000Z") == []


def test_a_log_with_times_is_followed_and_left_at_once_on_a_cancel(place: Place) -> None:
    pod = place.silent_pod("one")
    ((line,),) = assert_ends_on_cancel(
        lambda cancellation: place.cluster.log_lines(pod, "main", cancellation=cancellation), after=1
    )
    assert line.text == "one"


def test_a_log_with_times_that_cannot_be_had_says_why(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="Pod nobody"):
        log_lines(place, ObjectRef("v1", "Pod", "nobody", place.namespace))
    with pytest.raises(RequestRejected, match="other"):
        list(place.cluster.log_lines(place.ended_pod("one"), "other", cancellation=Cancellation()))


# Commands in containers


def execute(place: Place, pod: ObjectRef, *command: str, stdin: Iterable[bytes] = ()) -> tuple[bytes, Executed]:
    with place.cluster.execute(pod, "main", command, stdin=stdin, cancellation=Cancellation()) as execution:
        return b"".join(execution.output()), execution.ended()


def test_a_command_in_a_container_writes_and_ends(place: Place) -> None:
    assert execute(place, place.idle_pod(), *ANSWER) == (b"yes\n", Executed(4, "no\n"))


def test_output_of_a_command_need_not_be_read(place: Place) -> None:
    with place.cluster.execute(place.idle_pod(), "main", ANSWER, cancellation=Cancellation()) as execution:
        assert execution.ended() == execution.ended() == Executed(4, "no\n")


def test_a_command_reads_what_it_is_given_while_it_writes(place: Place) -> None:
    content = bytes(range(250)) * (ECHOED // 250)
    pieces = [content[:100_000], b"", content[100_000:]]
    output, ended = execute(place, place.idle_pod(), *ECHO, stdin=iter(pieces))
    assert output == content
    assert ended.exit_code == 0


def test_input_that_breaks_off_breaks_the_command_off(place: Place) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise RequestRejected("no more")

    with pytest.raises(RequestRejected, match="no more"):
        execute(place, place.idle_pod(), *ECHO, stdin=pieces())


def test_a_command_that_is_left_is_hung_up_on(place: Place) -> None:
    with place.cluster.execute(place.idle_pod(), "main", STAY, cancellation=Cancellation()) as execution:
        assert next(execution.output()) == b"begun\n"


def test_a_command_is_left_at_once_on_a_cancel(place: Place) -> None:
    pod = place.idle_pod()

    def output(cancellation: Cancellation) -> Iterator[bytes]:
        with place.cluster.execute(pod, "main", STAY, cancellation=cancellation) as execution:
            yield from execution.output()

    assert assert_ends_on_cancel(output, after=1) == [b"begun\n"]


def test_a_command_does_not_begin_after_a_cancel(place: Place) -> None:
    cancellation = Cancellation()
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        place.cluster.execute(ObjectRef("v1", "Pod", "x"), "main", STAY, cancellation=cancellation)


def test_a_program_that_is_not_there_is_named(place: Place) -> None:
    with pytest.raises(RequestRejected, match="/no/such/program"):
        execute(place, place.idle_pod(), "/no/such/program")


def test_a_command_needs_a_container_that_runs(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="Pod nobody"):
        execute(place, ObjectRef("v1", "Pod", "nobody", place.namespace), *ANSWER)
    pod = place.ended_pod()
    with pytest.raises(RequestRejected, match="its container main does not run"):
        execute(place, pod, *ANSWER)
    with pytest.raises(ObjectNotFound, match="it has no container other"):
        place.cluster.execute(pod, "other", ANSWER, cancellation=Cancellation())


# Rights, and outages


def test_what_the_account_may_do_can_be_asked(place: Place) -> None:
    assert place.cluster.allowed("create", "apps", "deployments", place.namespace)
    assert place.cluster.allowed("get", "", "pods/log", place.namespace)


def test_where_the_objects_of_a_kind_live_can_be_asked(place: Place) -> None:
    assert place.cluster.resource("apps/v1", "Deployment") == Resource("deployments", namespaced=True)
    assert place.cluster.resource("v1", "Node") == Resource("nodes", namespaced=False)
    assert place.cluster.resource("example.org/v1", "Nothing") is None


def test_credentials_say_when_they_end(place: Place) -> None:
    end = place.cluster.credentials_expire()
    assert end is None or end > time.time()


def test_who_may_not_read_is_told_so(place: Place) -> None:
    name = secrets.token_hex(4)
    with pytest.raises(AccessDenied) as denied:
        place.stranger().get(ObjectRef("v1", "ConfigMap", name, place.namespace))
    assert "configmaps" in denied.value.message or "credentials" in denied.value.message


def test_a_server_that_answers_has_a_version(place: Place) -> None:
    assert place.cluster.version().startswith("v")


def test_a_server_that_is_away_is_an_outage_and_never_not_found(place: Place) -> None:
    away = place.away()
    ref = ObjectRef("v1", "ConfigMap", "settings", place.namespace)
    requests = (
        lambda: away.get(ref),
        lambda: away.list(config_maps(place)),
        lambda: list(away.watch(config_maps(place), "0", Cancellation())),
        lambda: away.apply(config_map(place)),
        lambda: away.create(config_map(place)),
        lambda: away.patch(ref, {}, "merge"),
        lambda: away.delete(ref),
        lambda: list(away.logs(ObjectRef("v1", "Pod", "x"), "main", cancellation=Cancellation())),
        lambda: away.allowed("get", "", "pods", place.namespace),
        away.version,
    )
    for request in requests:
        with pytest.raises(ClusterUnreachable, match="Connection refused"):
            request()
