"""All that was made for one test pod, so that all of it is removed."""

from __future__ import annotations

from cdkit.api import CdkitError, Manifest, ObjectRef, StepContext, WorldFailed
from cdkit_pods.kubernetes.manifest import END_SECONDS
from cdkit_pods.kubernetes.own_namespace import await_removal


class Belongings:
    """What one test pod consists of in the cluster.

    Args:
        ctx: the step's context.
    """

    def __init__(self, ctx: StepContext) -> None:
        self._ctx = ctx
        self._refs: list[ObjectRef] = []

    def create(self, manifest: Manifest) -> Manifest:
        """Make an object of a name that nobody else has.

        It is taken note of before: when the answer of the API server is lost, it may be there all the same.
        """
        self._refs.append(ObjectRef.of(manifest))
        return self._ctx.cluster.create(manifest)

    def remove(self) -> None:
        """Remove all of it, the newest first. A second time changes nothing.

        A namespace takes along what is in it, and is waited for, because it is easily held by something; a pod is not,
        for its kubelet ends it whatever happens.

        Raises:
            WorldFailed: something stays, which the message names.
        """
        errors = [error for ref in reversed(self._refs) if (error := self._removal_error(ref)) is not None]
        if errors:
            raise WorldFailed(
                " ".join(error.message for error in errors),
                remedy=errors[0].remedy,
                evidence=[line for error in errors for line in error.evidence],
            ) from errors[0]

    def _removal_error(self, ref: ObjectRef) -> CdkitError | None:
        is_namespace = ref.kind == "Namespace"
        try:
            self._ctx.cluster.delete(ref, grace_seconds=None if is_namespace else END_SECONDS)
            if is_namespace:
                await_removal(self._ctx, ref)
        except CdkitError as error:
            return error
        return None
