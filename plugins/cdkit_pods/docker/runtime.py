"""Test pods on a Docker engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdkit.api import Change, EngineUnreachable, Problem, StepContext
from cdkit_pods.docker.known_pod import KnownPod
from cdkit_pods.docker.naming import POD, name_of
from cdkit_pods.docker.orphans import remove_orphans
from cdkit_pods.docker.running_pod import DockerPod
from cdkit_pods.outlook import change_of, of_untrusted, refuse_untrusted, untrusted_secrets
from cdkit_pods.ownership import OURS, Machine
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import PodSpec


class DockerRuntime:
    """Runs test pods on the Docker engine that DOCKER_HOST names. Implements `Runtime`.

    Args:
        ctx: the step's context.
        machine: where we are, for who made a pod and whether he is still there.
    """

    name = "docker"

    def __init__(self, ctx: StepContext, machine: Machine | None = None) -> None:
        self._ctx = ctx
        self._machine = machine or Machine()

    def check(self, spec: PodSpec) -> Iterable[Problem]:
        """The engine answers, and a change that nobody has vouched for gets no secrets.

        An image that the engine does not have is no problem: it is fetched, or a step that comes before makes it.
        """
        self._require_engine()
        yield from of_untrusted(self._ctx, untrusted_secrets(spec))
        for option in _without_meaning(spec):
            self._ctx.warn(f"`{option}` means nothing on the Docker engine.")
        for volume in spec.volumes:
            if volume.size and not volume.in_memory:
                self._ctx.warn(
                    f"The `size` of the volume {volume.name!r} is not kept to on the Docker engine, which limits only "
                    "volumes in memory (`in_memory`)."
                )

    def _require_engine(self) -> None:
        """Ask the engine something; who has none may have meant a cluster, and `auto` has not found it.

        Raises:
            EngineUnreachable: it does not answer.
        """
        try:
            self._ctx.containers.containers(OURS)
        except EngineUnreachable as error:
            error.remedy = f"{error.remedy.removesuffix('.')}; `runtime: kubernetes` needs none, but a kubeconfig."
            raise

    def plan(self, spec: PodSpec) -> Iterable[Change]:
        """The pod that would come and go."""
        yield change_of(spec, "on the Docker engine")

    def start(self, spec: PodSpec) -> RunningPod:
        """Begin to make the pod; what keeps its containers from starting is told in its status.

        Raises:
            EngineUnreachable: the engine does not answer.
            CheckFailed: the build is untrusted, and the pod would get a secret.
            CdkitError: the reason of a cancellation.
        """
        self._ctx.cancellation.raise_if_cancelled()
        refuse_untrusted(self._ctx, untrusted_secrets(spec))
        name = name_of(spec, self._ctx.clock, self._machine)
        # An engine that is away is better known now than by the pod's status.
        self._ctx.containers.containers({POD: name.name})
        return DockerPod(self._ctx, KnownPod(name, spec))

    def sweep(self) -> Sequence[str]:
        """Remove what runs that were killed have left behind; gives a line on each pod that was removed."""
        return remove_orphans(self._ctx.containers, self._ctx.clock.now(), self._machine)


def _without_meaning(spec: PodSpec) -> Iterator[str]:
    """The options that only a cluster understands."""
    if spec.service_account:
        yield "service_account"
    if spec.node_selector:
        yield "node_selector"
    if spec.pull_secrets:
        yield "pull_secrets"
    if spec.own_namespace:
        yield "own_namespace"
