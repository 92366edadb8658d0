"""What a look at a pod tells of its containers."""

from __future__ import annotations

import pytest

from cdkit.models.kube import Manifest
from cdkit_pods.looks import ContainerLook, PodLooks
from tests.unit.pods.played_pod import ended, pod_with, running


@pytest.mark.parametrize(
    ("state", "look"),
    [
        ({}, ContainerLook()),
        ({"waiting": {"reason": "ErrImagePull"}}, ContainerLook(reason="ErrImagePull")),
        (running(), ContainerLook(phase="running")),
        (running(ready=True), ContainerLook(phase="running", ready=True)),
        (ended(137, "OOMKilled"), ContainerLook(phase="ended", exit_code=137, reason="OOMKilled")),
    ],
)
def test_a_container_is_seen_as_its_status_tells(state: Manifest, look: ContainerLook) -> None:
    assert ContainerLook.at(pod_with(db=dict(state)), "db") == look


def test_a_container_that_is_not_told_of_waits() -> None:
    assert ContainerLook.at({}, "db") == ContainerLook(phase="waiting")
    assert ContainerLook.at(pod_with(web=running()), "db") == ContainerLook(phase="waiting")


def test_who_comes_late_gets_the_latest_look_and_who_leaves_no_more() -> None:
    looks, seen = PodLooks(), list[Manifest]()
    looks.on_look({"number": 1})
    forget = looks.subscribe(seen.append)
    looks.on_look({"number": 2})
    forget()
    looks.on_look({"number": 3})
    assert seen == [{"number": 1}, {"number": 2}]
