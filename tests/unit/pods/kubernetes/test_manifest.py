"""The pod that Kubernetes is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.models.container import HealthCheck
from cdkit.models.kube import Manifest
from cdkit_pods.kubernetes.manifest import FILES_GROUP, MARGIN, pod_manifest
from cdkit_pods.spec import Container, Mount, PodSpec, Volume

TEST = Container(name="test", image="tests:1")


def a_pod(*services: Container, test: Container = TEST, **settings: Any) -> Manifest:
    spec = PodSpec(step="tests", run_id="run-1", containers=(*services, test), **settings)
    return pod_manifest(spec, {"name": "tests-1"}, secret="hidden")


def of(pod: Manifest, name: str = "test") -> Manifest:
    (container,) = [item for item in pod["spec"]["containers"] if item["name"] == name]
    return dict(container)


def test_a_lone_test_is_one_container_and_nothing_else() -> None:
    spec = a_pod()["spec"]
    assert [container["name"] for container in spec["containers"]] == ["test"]
    assert spec["containers"][0] == {
        "name": "test",
        "image": "tests:1",
        "securityContext": {"allowPrivilegeEscalation": False},
    }
    assert not {"initContainers", "volumes", "hostAliases"} & spec.keys()


def test_it_runs_once_gets_no_token_and_ends_by_itself_when_nobody_is_left_to_end_it() -> None:
    spec = a_pod(longest=89.5)["spec"]
    assert spec["restartPolicy"] == "Never"
    assert spec["automountServiceAccountToken"] is False
    assert spec["activeDeadlineSeconds"] == 90 + MARGIN
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


def test_a_token_comes_with_a_service_account_only() -> None:
    spec = a_pod(service_account="tester")["spec"]
    assert spec["serviceAccountName"] == "tester"
    assert spec["automountServiceAccountToken"] is True


def test_where_it_runs_and_with_which_logins() -> None:
    spec = a_pod(pull_secrets=("login",), node_selector={"disk": "ssd"})["spec"]
    assert spec["imagePullSecrets"] == [{"name": "login"}]
    assert spec["nodeSelector"] == {"disk": "ssd"}


def test_services_are_localhost_by_their_names() -> None:
    assert a_pod(aliases=("db", "shop.local"))["spec"]["hostAliases"] == [
        {"ip": "127.0.0.1", "hostnames": ["db", "shop.local"]}
    ]


def test_command_and_arguments_replace_those_of_the_image() -> None:
    container = of(a_pod(test=Container(name="test", image="i", command=("run",), args=("-x",), working_dir="/src")))
    assert (container["command"], container["args"], container["workingDir"]) == (["run"], ["-x"], "/src")


@pytest.mark.parametrize("text", ["kill $$", "echo $(date)", "${HOME}", "$"])
def test_no_text_is_taken_for_a_reference_to_a_variable(text: str) -> None:
    container = of(a_pod(test=Container(name="test", image="i", command=("sh", "-c", text), env={"A": text})))
    assert container["command"][2] == container["env"][0]["value"] == text.replace("$", "$$")


def test_what_a_container_asks_for_is_what_it_may_use() -> None:
    container = of(a_pod(test=Container(name="test", image="i", cpus=0.5, memory=64 << 20)))
    amounts = {"cpu": "500m", "memory": "64Mi"}
    assert container["resources"] == {"requests": amounts, "limits": amounts}


def test_a_secret_variable_is_named_and_not_told() -> None:
    pod = a_pod(test=Container(name="test", image="i", env={"A": "b"}, secret_env={"TOKEN": "s3cr3t"}))
    reference = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hidden", "key": "test.TOKEN"}}}
    assert of(pod)["env"] == [{"name": "A", "value": "b"}, reference]
    assert "s3cr3t" not in str(pod)


def test_volumes_are_shared_by_who_mounts_them_and_by_the_keeper() -> None:
    test = Container(name="test", image="i", mounts=(Mount(volume="data", path="/data", read_only=True),))
    volumes = (Volume(name="data", size=1 << 30, in_memory=True), Volume(name="reports"))
    pod = a_pod(test=test, volumes=volumes, keeper=True, keeper_image="busybox")
    assert pod["spec"]["volumes"] == [
        {"name": "data", "emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}},
        {"name": "reports", "emptyDir": {}},
    ]
    assert of(pod)["volumeMounts"] == [{"name": "data", "mountPath": "/data", "readOnly": True}]
    assert [mount["mountPath"] for mount in of(pod, "cdkit-keeper")["volumeMounts"]] == [
        "/cdkit/volumes/data",
        "/cdkit/volumes/reports",
    ]
    assert pod["spec"]["securityContext"]["fsGroup"] == FILES_GROUP


def test_shared_memory_is_a_folder_in_memory_for_one_container() -> None:
    browser = Container(name="browser", image="i", shared_memory=256 << 20)
    pod = a_pod(browser)
    (volume,) = pod["spec"]["volumes"]
    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": "256Mi"}
    assert of(pod, "browser")["volumeMounts"] == [{"name": volume["name"], "mountPath": "/dev/shm"}]  # noqa: S108
    assert "volumeMounts" not in of(pod)


def test_a_keeper_ends_by_itself_with_the_pod() -> None:
    keeper = of(a_pod(keeper=True, keeper_image="busybox", longest=60), "cdkit-keeper")
    assert keeper["image"] == "busybox"
    assert keeper["command"][0] == "/bin/busybox"
    assert keeper["command"][-1] == str(60 + MARGIN)


def test_a_gated_container_waits_behind_a_busybox_that_an_init_container_brings() -> None:
    test = Container(name="test", image="i", command=("pytest", "-q"), args=("a b",), gated=True)
    pod = a_pod(test=test, keeper=True, keeper_image="busybox")
    container = of(pod)
    assert container["command"] == ["/.cdkit/busybox", "sh", "/.cdkit/gate", "test", "pytest", "-q", "a b"]
    assert "args" not in container
    (setup,) = pod["spec"]["initContainers"]
    assert setup["image"] == "busybox"
    tools = {"name": "cdkit-tools", "mountPath": "/.cdkit"}
    assert container["volumeMounts"] == [tools | {"readOnly": True}]
    assert setup["volumeMounts"] == of(pod, "cdkit-keeper")["volumeMounts"] == [tools | {"readOnly": False}]


def test_health_is_readiness_in_whole_seconds() -> None:
    health = HealthCheck(command=("pg_isready", "-h", "$HOST"), interval=0.5, timeout=2.5, retries=0)
    probe = of(a_pod(Container(name="db", image="i", health=health)), "db")["readinessProbe"]
    assert probe == {
        "exec": {"command": ["pg_isready", "-h", "$$HOST"]},
        "periodSeconds": 1,
        "timeoutSeconds": 3,
        "failureThreshold": 1,
    }


def test_what_has_not_started_is_not_healthy() -> None:
    db = Container(name="db", image="i", command=("serve",), gated=True, health=HealthCheck(command=("true",)))
    probe = of(a_pod(db, keeper=True, keeper_image="busybox"), "db")["readinessProbe"]
    assert probe["exec"]["command"] == ["/.cdkit/busybox", "sh", "/.cdkit/probe", "db", "true"]
