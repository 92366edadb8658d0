"""The manifests of the corpus before the programs that they are for: the API server, helm and kustomize, and nodes."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import CdkitError
from cdkit.models.kube import Manifest, ObjectRef
from cdkit_manifests.versions.target import newest_version
from cdkit_manifests.versions.version import KubernetesVersion
from cdkit_manifests.writers import Format
from tests.corpus import FOLDER, Case
from tests.corpus_manifests import cases_with_manifests, finished
from tests.rendering import Tools, expected

from .conftest import Project, pods_of
from .tiny import BUSYBOX

pytestmark = pytest.mark.cluster
THREADS = 8
CUSTOM = ("HTTPRoute", "ServiceMonitor", "PodMonitor")
"""Kinds that the test cluster does not have."""


def refusal(cluster: KubernetesCluster, item: Manifest) -> str:
    """What the API server says against an object, in a dry run; empty when it takes it."""
    try:
        cluster.apply(item, dry_run=True)
    except CdkitError as error:
        return f"{item['kind']} {item['metadata']['name']}: {error.message}"
    return ""


def test_the_api_server_takes_the_manifests_of_every_project(real_cluster: KubernetesCluster, namespace: str) -> None:
    version = KubernetesVersion.parse(real_cluster.version())
    items: list[Manifest] = []
    for case in cases_with_manifests():
        made = finished(case, min(version, newest_version()))
        assert made.problems == (), case.name
        for objects in (made.bundle.objects, *made.bundle.environments.values()):
            items += [item for item in objects if item["kind"] not in CUSTOM]
    for item in items:
        item["metadata"]["namespace"] = namespace
    with ThreadPoolExecutor(THREADS) as threads:
        refused = [text for text in threads.map(lambda item: refusal(real_cluster, item), items) if text]
    assert refused == []
    assert len(items) > 200


@pytest.mark.parametrize("form", ["kustomize", "helm"])
def test_all_forms_of_a_project_s_manifests_render_to_the_same_objects(
    tools: Tools, form: Format, tmp_path: Path
) -> None:
    def differs(case: Case) -> bool:
        bundle = finished(case, newest_version()).bundle
        return tools.rendered(bundle, form, tmp_path / case.name) != expected(bundle)

    cases = cases_with_manifests()
    with ThreadPoolExecutor(2) as threads:
        different = [case.name for case, wrong in zip(cases, threads.map(differs, cases), strict=True) if wrong]
    assert different == []


def built(case: str, folder: Path, registry: str, base: str) -> str:
    """Build the image of a project in a folder, push it, and give its reference."""
    shutil.copytree(FOLDER / case / "project", folder, dirs_exist_ok=True)
    shutil.copy(BUSYBOX, folder / "busybox")
    reference = f"{registry}/corpus:{secrets.token_hex(6)}"
    build = ["docker", "build", "--quiet", "--build-arg", f"BASE={base}", "--tag", reference, str(folder)]
    for command in (build, ["docker", "push", "--quiet", reference]):
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
    return reference


@pytest.mark.parametrize("case", ["python-stdlib", "static-busybox", "python-stdlib-worker"])
def test_a_project_that_knows_nothing_of_kubernetes_rolls_out(
    case: str, deployable: Project, registry: str, base: str, namespace: str, cluster: KubernetesCluster
) -> None:
    image = built(case, deployable.folder, registry, base)
    deployable.write(f"""
name: {case}
environments:
  test: {{namespace: {namespace}}}
steps:
  manifests: {{uses: generate-manifests, with: {{image: "{image}"}}}}
  release: {{uses: rolling-update, with: {{manifests: "${{{{ steps.manifests.path }}}}"}}}}
""")
    done = deployable.cdkit("run", "--env", "test")
    assert done.code == 0, done.text
    name = done.result("manifests")["outputs"]["name"]
    live = cluster.get(ObjectRef("apps/v1", "Deployment", name, namespace))
    assert live is not None
    assert live["status"]["availableReplicas"] == live["spec"]["replicas"]
    assert {pod["spec"]["containers"][0]["image"] for pod in pods_of(cluster, namespace)} == {image}
