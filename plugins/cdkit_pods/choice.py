"""Which runtime a test pod runs on."""

from __future__ import annotations

from cdkit.api import ClusterUnreachable, StepContext
from cdkit_pods.options.test_pod import RuntimeName
from cdkit_pods.runtime import Runtime


def runtime_for(ctx: StepContext, name: RuntimeName) -> Runtime:
    """The runtime that the option `runtime` means here.

    Raises:
        ClusterUnreachable: the environment names a cluster, or KUBECONFIG does, and there is none.
    """
    if name == "kubernetes" or (name == "auto" and _has_cluster(ctx)):
        from cdkit_pods.kubernetes.runtime import KubernetesRuntime

        return KubernetesRuntime(ctx)
    from cdkit_pods.docker.runtime import DockerRuntime

    return DockerRuntime(ctx)


def _has_cluster(ctx: StepContext) -> bool:
    """Whether a cluster is configured; nothing is asked of it. One that somebody has named has to be there."""
    try:
        _ = ctx.cluster
    except ClusterUnreachable:
        if ctx.environment.context or ctx.env.get("KUBECONFIG"):
            raise
        return False
    return True
