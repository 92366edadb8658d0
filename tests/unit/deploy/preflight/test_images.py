"""Images are in their registries, and there is one for the machines."""

from __future__ import annotations

from cdkit.models.image import Credentials
from cdkit.testing import FakeRegistry
from cdkit_deploy.preflight.images import findings
from tests.unit.deploy.preflight.objects import (
    IMAGE,
    around,
    container,
    deployment,
    doubts,
    node,
    nothing,
    problems,
)

DIGEST = f"sha256:{'a' * 64}"


def serving(*platforms: str) -> FakeRegistry:
    registry = FakeRegistry()
    registry.images[IMAGE] = DIGEST
    registry.platforms_of[DIGEST] = platforms
    return registry


def test_an_image_that_is_not_there_is_a_problem_and_asked_for_once() -> None:
    registry = FakeRegistry()
    wanted = around(deployment(container("a"), container("b")), live=[node()], registry=registry)
    assert problems(findings(wanted)) == [
        f"Deployment web needs the image {IMAGE}, and its registry has none of that name."
    ]
    assert len(registry.requests) == 1


def test_an_image_for_the_nodes_is_no_problem() -> None:
    assert nothing(findings, around(deployment(), live=[node()], registry=serving("linux/amd64")))
    assert nothing(findings, around(deployment(), live=[node(arch="arm64")], registry=serving("linux/arm64/v8")))


def test_an_image_for_no_node_is_a_problem() -> None:
    (message,) = problems(findings(around(deployment(), live=[node(arch="arm64")], registry=serving("linux/amd64"))))
    assert message == f"{IMAGE} is for linux/amd64, and the nodes that may run Deployment web are linux/arm64."


def test_only_the_nodes_that_the_pods_may_go_to_count() -> None:
    chosen = deployment(pod={"nodeSelector": {"kubernetes.io/arch": "amd64"}})
    live = [node("a"), node("b", arch="arm64")]
    assert nothing(findings, around(chosen, live=live, registry=serving("linux/amd64")))
    (message,) = doubts(findings(around(deployment(), live=live, registry=serving("linux/amd64"))))
    assert "may also come to a node of linux/arm64" in message


def test_that_an_image_is_there_is_known_without_a_look_at_the_nodes() -> None:
    wanted = deployment(container("a"), container("b", image="registry.example.org/other:1"))
    surroundings = around(wanted, live=[node(arch="arm64")], registry=serving("linux/amd64"))
    surroundings.cluster.deny("list", "nodes")  # type: ignore[attr-defined]
    assert problems(findings(surroundings)) == [
        "Deployment web needs the image registry.example.org/other:1, and its registry has none of that name."
    ]


def test_nodes_that_do_not_let_the_pods_in_do_not_count() -> None:
    live = [node("a"), node("b", arch="arm64", taints=[{"key": "arm", "effect": "NoSchedule"}])]
    assert nothing(findings, around(deployment(), live=live, registry=serving("linux/amd64")))


def test_a_registry_that_lets_us_not_in_is_a_doubt() -> None:
    registry = serving("linux/amd64")
    registry.logins["registry.example.org"] = Credentials("somebody", "else")  # type: ignore[index]
    (message,) = doubts(findings(around(deployment(), live=[node()], registry=registry)))
    assert f"Whether {IMAGE} exists is not known" in message


def test_a_registry_that_does_not_answer_is_a_doubt() -> None:
    registry = serving("linux/amd64")
    registry.silent.add("registry.example.org")
    (message,) = doubts(findings(around(deployment(), live=[node()], registry=registry)))
    assert "The cluster may reach the registry" in message


def test_an_image_that_is_never_pulled_is_not_asked_for() -> None:
    assert nothing(findings, around(deployment(container(imagePullPolicy="Never")), live=[node()]))
