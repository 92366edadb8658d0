"""Test pods that somebody else ends: the kubelet that evicts one, and whoever deletes one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectQuery, ObjectRef

from .conftest import Finished, Project
from .left_behind import LeftBehind
from .pod_pipeline import pod_pipeline, shell

WRITE_AND_STAY = "echo begun > /out/state; echo begun; /bin/busybox sleep 600"
SEEN_BY_THE_KUBELET = 120
"""Seconds. It looks at the volumes of a pod once a minute, and then once in ten seconds at what it has seen."""


def ended_in_the_middle(project: Project, end: Any) -> Finished:
    """A run whose pod is ended by `end`, which is called as soon as the tests have begun."""
    process = project.start("run")
    assert process.stdout is not None
    seen = list(_until(process.stdout, "begun"))
    end()
    finished = project.finish(process)
    return Finished(finished.code, "".join(seen) + finished.out, finished.err, finished.seconds, finished.journal)


def _until(lines: Iterator[str], word: str) -> Iterator[str]:
    for line in lines:
        yield line
        if word in line:
            return


def assert_lost(finished: Finished, cause: str, words: str) -> None:
    """It is broken, and not failed: by that cause, with evidence, in these words, and something to do."""
    failure = finished.result("tests")["failure"]
    assert (finished.code, failure["cause"]) == (4, cause), finished.text
    assert failure["evidence"]
    assert words in failure["message"]
    assert failure["remedy"] in finished.text


def test_a_test_pod_that_is_evicted_is_broken_and_says_what_went_with_it(
    deployable: Project, namespace: str, image: str, left: LeftBehind
) -> None:
    volume = {"volumes": {"scratch": {"size": "1Mi"}}, "mounts": {"scratch": "/scratch"}}
    fill = "/bin/busybox dd if=/dev/zero of=/scratch/big bs=1M count=8 2>/dev/null"
    options = {"runtime": "kubernetes", "test_timeout": SEEN_BY_THE_KUBELET, "artifacts": ["/out"], **volume}
    command = shell(f"{fill}; {WRITE_AND_STAY}")
    deployable.write(pod_pipeline(namespace, image, command=command, **options))

    finished = deployable.cdkit("run")

    assert_lost(finished, "evicted", 'was evicted from its node: Usage of EmptyDir volume "scratch" exceeds the limit')
    assert '"1Mi"' in finished.text
    assert "The artifacts 'out' did not come out whole: The keeper of" in finished.text
    left.assert_nothing(finished.run)


@pytest.mark.parametrize("runtime", ["kubernetes", "docker"])
def test_a_test_pod_that_somebody_deletes_is_broken(
    deployable: Project, cluster: KubernetesCluster, namespace: str, image: str, left: LeftBehind, runtime: str
) -> None:
    def delete() -> None:
        if runtime == "kubernetes":
            (pod,), _ = cluster.list(ObjectQuery("v1", "Pod", namespace))
            cluster.delete(ObjectRef.of(pod))
        else:
            subprocess.run(["docker", "rm", "--force", container_of(image)], check=True, capture_output=True)

    # Ending well because it was told to end is no success.
    command = shell(f"trap 'exit 0' TERM; {WRITE_AND_STAY} & wait")
    deployable.write(pod_pipeline(namespace, image, command=command, runtime=runtime, artifacts=["/out"]))

    finished = ended_in_the_middle(deployable, delete)

    assert_lost(finished, "pod-gone", "was deleted before it had ended")
    left.assert_nothing(finished.run)


def container_of(image: str) -> str:
    """The container of the tests on the engine; no other test has this image."""
    command = ["docker", "ps", "--quiet", "--filter", f"ancestor={image}", "--filter", "name=-test$"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
