"""Test pods on Kubernetes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence

from cdkit.api import CdkitError, Change, ImageConfig, Manifest, ObjectRef, Problem, StepContext
from cdkit_pods.kubernetes.belongings import Belongings
from cdkit_pods.kubernetes.images import completed, unreadable
from cdkit_pods.kubernetes.manifest import pod_manifest
from cdkit_pods.kubernetes.orphans import remove_orphans
from cdkit_pods.kubernetes.own_namespace import furnish, namespace_manifest
from cdkit_pods.kubernetes.permissions import needed
from cdkit_pods.kubernetes.running_pod import KubernetesPod
from cdkit_pods.kubernetes.secret_env import belonging, needs_secret, secret_manifest
from cdkit_pods.outlook import UNTRUSTED, change_of, of_untrusted, refuse_untrusted, untrusted_secrets
from cdkit_pods.ownership import LEASE, Machine, Owner, expiring
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import Container, PodSpec

LONGEST_PREFIX = 40
"""Characters of a name that come from the step's; a namespace has `cdkit-` before them, and a label has 63."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class KubernetesRuntime:
    """Runs test pods in the cluster of the run's environment. Implements `Runtime`.

    Args:
        ctx: the step's context.
        machine: where we are, for who made a pod and whether he is still there.
    """

    name = "kubernetes"

    def __init__(self, ctx: StepContext, machine: Machine | None = None) -> None:
        self._ctx = ctx
        self._machine = machine or Machine()

    def check(self, spec: PodSpec) -> Iterable[Problem]:
        """The namespace, the permissions, what the images tell, and what does not go together."""
        ctx = self._ctx
        if not spec.own_namespace or spec.pull_secrets:
            yield from ctx.check_namespace()
        yield from ctx.check_permissions(needed(spec))
        yield from of_untrusted(ctx, _untrusted(spec))
        if spec.own_namespace and spec.service_account:
            yield Problem(
                f"A namespace of the pod's own has no service account {spec.service_account!r}.",
                None,
                "Leave `service_account` out, or `own_namespace`.",
            )
        for container in spec.containers:
            yield from _lost_variables(container)
        yield from unreadable(spec, self._read_image)

    def plan(self, spec: PodSpec) -> Iterable[Change]:
        """The pod that would come and go."""
        where = "a namespace of its own" if spec.own_namespace else f"namespace {self._ctx.namespace}"
        yield change_of(spec, f"in {where}")

    def start(self, spec: PodSpec) -> RunningPod:
        """Make the pod, and before it its namespace and its Secret where it has any.

        Raises:
            CheckFailed: the build is untrusted, and the pod would get a secret, or a token.
            CdkitError: the cluster does not answer, or refuses; an image does not tell what is needed.
        """
        self._ctx.cancellation.raise_if_cancelled()
        refuse_untrusted(self._ctx, _untrusted(spec))
        spec = completed(spec, self._read_image)
        belongings = Belongings(self._ctx)
        try:
            return self._made(spec, belongings)
        except BaseException:
            self._take_back(belongings)
            raise

    def sweep(self) -> Sequence[str]:
        """Remove what runs that were killed have left behind; gives a line on each thing that was removed."""
        return remove_orphans(self._ctx.cluster, self._ctx.namespace, self._ctx.clock.now(), self._machine)

    def _read_image(self, reference: str) -> ImageConfig | None:
        return self._ctx.registry.config(reference, cancellation=self._ctx.cancellation)

    def _made(self, spec: PodSpec, belongings: Belongings) -> KubernetesPod:
        name = _name(spec)
        own = self._own_namespace(spec, f"cdkit-{name}", belongings) if spec.own_namespace else None
        metadata = self._metadata(spec, name) | {"namespace": own.name if own else self._ctx.namespace}
        secret = belongings.create(secret_manifest(spec, metadata)) if needs_secret(spec) else None
        pod = belongings.create(pod_manifest(spec, metadata, secret=name))
        if secret is not None:
            self._ctx.cluster.patch(ObjectRef.of(secret), belonging(pod), "merge")
        ref = ObjectRef.of(pod)
        return KubernetesPod(self._ctx, ref, root=own or ref, belongings=belongings, has_keeper=spec.keeper)

    def _own_namespace(self, spec: PodSpec, name: str, belongings: Belongings) -> ObjectRef:
        belongings.create(namespace_manifest(self._metadata(spec, name)))
        furnish(self._ctx, spec, name)
        return ObjectRef("v1", "Namespace", name)

    def _take_back(self, belongings: Belongings) -> None:
        try:
            belongings.remove()
        except CdkitError as error:
            self._ctx.warn(f"Of a test pod that could not be made, something stays: {error.message}")

    def _metadata(self, spec: PodSpec, name: str) -> Manifest:
        owner = Owner(run=spec.run_id, step=spec.step, runner=self._machine.this_process())
        annotations = expiring(self._ctx.clock.now() + LEASE)
        return {"name": name, "labels": owner.labels(), "annotations": annotations}


def _name(spec: PodSpec) -> str:
    """A name that nobody else has. It is known before the pod is made, other than one by `generateName`.

    So a pod is found and removed also when the answer to its making was lost.
    """
    readable = re.sub(r"[^a-z0-9]+", "-", spec.step.lower())[:LONGEST_PREFIX].strip("-") or "test"
    shard = "" if spec.shard is None else f"-{spec.shard}"
    return f"{readable}{shard}-{secrets.token_hex(4)}"


def _untrusted(spec: PodSpec) -> Iterator[Problem]:
    yield from untrusted_secrets(spec)
    if spec.service_account:
        message = f"{UNTRUSTED}, and gets no token of the service account {spec.service_account!r}."
        yield Problem(message, None, "Leave `service_account` out, or run this step for trusted builds only.")


def _lost_variables(container: Container) -> Iterator[Problem]:
    """Variables that a shell does not hand on, which holds the program back until it may start."""
    if not container.gated:
        return
    for name in sorted({*container.env, *container.secret_env}):
        if not _VARIABLE.fullmatch(name):
            yield Problem(
                f"The variable {name!r} of {container.name!r} would be lost, for a shell keeps it waiting for others.",
                None,
                "Give it a name of letters, digits and underscores.",
            )
