"""What a test pod is kept apart from, and what is left when its run is called off: on both runtimes."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import AccessDenied
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef

from .conftest import Project
from .left_behind import LeftBehind
from .pod_pipeline import pod_pipeline, shell

RUNTIMES = ("kubernetes", "docker")
TOKEN = "s3cr3t-of-the-team"
PULL_REQUEST_OF_A_FORK = {"DRONE": "true", "DRONE_PULL_REQUEST": "7"}
EXIT_CODE = 143
"""Of a run that was called off by SIGTERM."""

NO_TOKEN = """
for place in /var/run/secrets/kubernetes.io /run/secrets /var/run/docker.sock; do
  if [ -e $place ]; then echo "$place is there"; exit 1; fi
done
/bin/busybox env
"""


SECRET = {"secrets": {"TOKEN": "TEAM_TOKEN"}, "env": {"SECRET": "${{ secrets.TOKEN }}"}}


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_pull_request_of_a_fork_gets_no_secret_and_no_token(
    deployable: Project, namespace: str, image: str, left: LeftBehind, runtime: str
) -> None:
    options = {"command": shell(NO_TOKEN), "runtime": runtime}
    of_fork = {**PULL_REQUEST_OF_A_FORK, "TEAM_TOKEN": TOKEN}
    deployable.write(pod_pipeline(namespace, image, **options, **SECRET))
    refused = deployable.cdkit("run", **of_fork)
    assert refused.code == 3, refused.text
    assert "gets no secrets" in refused.text

    deployable.write(pod_pipeline(namespace, image, **options))
    allowed = deployable.cdkit("run", **of_fork)
    assert allowed.code == 0, allowed.text
    assert TOKEN not in refused.text + allowed.text
    left.assert_nothing(refused.run, allowed.run)


def test_a_pull_request_of_a_fork_gets_no_service_account(
    deployable: Project, namespace: str, image: str, left: LeftBehind
) -> None:
    options = {"command": shell(NO_TOKEN), "runtime": "kubernetes", "service_account": "default"}
    deployable.write(pod_pipeline(namespace, image, **options))
    refused = deployable.cdkit("run", **PULL_REQUEST_OF_A_FORK)
    assert refused.code == 3, refused.text
    assert "gets no token of the service account 'default'" in refused.text
    left.assert_nothing(refused.run)


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_of_a_run_that_is_called_off_or_killed_nothing_stays(
    deployable: Project,
    cluster: KubernetesCluster,
    namespace: str,
    image: str,
    left: LeftBehind,
    runtime: str,
    number: signal.Signals,
) -> None:
    deployable.environ["TEAM_TOKEN"] = TOKEN
    service = {"image": image, "command": ["/bin/busybox", "sleep", "600"], "ready": {"after": "0s"}}
    options = {"runtime": runtime, "own_namespace": True, "services": {"beside": service}, "artifacts": ["/out"]}
    stays = shell("echo begun; exec /bin/busybox sleep 600")
    deployable.write(pod_pipeline(namespace, image, command=stays, **options, **SECRET))
    process = deployable.start("run")
    assert process.stdout is not None
    assert any("begun" in line for line in process.stdout)
    run = str(deployable.journal()[0]["run_id"])
    assert left.of(run)
    if runtime == "kubernetes":
        assert_limited(cluster, *namespaces_of(cluster, run))

    process.send_signal(number)
    process.communicate(timeout=60)
    if number == signal.SIGKILL:
        deployable.write(pod_pipeline(namespace, image, command=shell("exit 0"), runtime=runtime))
        assert deployable.cdkit("run").code == 0
    else:
        assert process.returncode == EXIT_CODE

    left.assert_nothing(run)


def namespaces_of(cluster: KubernetesCluster, run: str) -> Iterator[str]:
    found, _ = cluster.list(ObjectQuery("v1", "Namespace", "", f"cdkit.dev/run={run}"))
    yield from (item["metadata"]["name"] for item in found)


def assert_limited(cluster: KubernetesCluster, namespace: str) -> None:
    """A namespace of a pod's own has a quota, which takes no pod beside it, and limits for those that name none."""
    quota, limits = (
        cluster.get(ObjectRef("v1", kind, "cdkit-test-pod", namespace)) for kind in ("ResourceQuota", "LimitRange")
    )
    assert limits is not None
    assert quota is not None
    assert quota["status"]["hard"]["pods"] == quota["status"]["used"]["pods"] == "1"
    with pytest.raises(AccessDenied, match="exceeded quota"):
        cluster.create(pod_beside(namespace))


def pod_beside(namespace: str) -> Manifest:
    containers = [{"name": "beside", "image": "any"}]
    metadata = {"name": "beside", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}
