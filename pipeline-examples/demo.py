"""`make demo`: runs the hello pipeline on the test cluster and shows what the service answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectRef

HELLO = Path(__file__).parent / "hello"


def main() -> int:
    """Run the pipeline; then ask the service through the API server, which works on every kind of cluster."""
    kubeconfig = os.environ["CDKIT_TEST_KUBECONFIG"]
    environ = {**os.environ, "KUBECONFIG": kubeconfig}
    cdkit = str(Path(sys.executable).with_name("cdkit"))
    settings = [f"registry={os.environ['CDKIT_TEST_REGISTRY']}", f"base={os.environ['CDKIT_TEST_BASE']}"]
    command = [cdkit, "run", *(word for setting in settings for word in ("--set", setting))]
    print(f"$ cd {HELLO.relative_to(Path.cwd())} && {' '.join(['cdkit', *command[1:]])}\n", flush=True)
    ended = subprocess.run(command, cwd=HELLO, env=environ, check=False)
    if ended.returncode == 0:
        show(kubeconfig)
    return ended.returncode


def show(kubeconfig: str) -> None:
    """The service's answer, what runs, and where to look further."""
    cluster = KubernetesCluster.connect("", kubeconfig=kubeconfig)
    namespace = cluster.default_namespace
    deployment = cluster.get(ObjectRef("apps/v1", "Deployment", "hello", namespace))
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"] if deployment else "nothing"
    print(f"\nThe service answers: {ask(kubeconfig, namespace)}")
    print(f"It runs {image}")
    print(
        "\nTo see more:\n"
        f"  export KUBECONFIG={kubeconfig}\n"
        "  edit GREETING in pipeline-examples/hello/hello/server.py and run `make demo` again: a rolling update\n"
        "  cd pipeline-examples/hello && ../../.venv/bin/cdkit plan\n"
        "  tests/cluster/down    ends the cluster"
    )


def ask(kubeconfig: str, namespace: str) -> str:
    """What the service says, asked through the API server: its own address need not be reachable from here."""
    from kubernetes import client, config

    api = client.CoreV1Api(config.new_client_from_config(kubeconfig))
    answer = api.connect_get_namespaced_service_proxy_with_path(
        "hello:http", namespace, path="", _preload_content=False
    )
    return str(answer.data.decode().strip())


if __name__ == "__main__":
    sys.exit(main())
