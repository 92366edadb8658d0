"""What every way to bring new images to a kind of workload has in common."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from cdkit.api import (
    Cluster,
    Duration,
    InvalidInput,
    Manifest,
    ObjectNotFound,
    ObjectRef,
    Permission,
    RequestRejected,
    StepContext,
)
from cdkit_deploy.rollout import await_rollout
from cdkit_deploy.strategies.images import ImageChange, template_patch, with_images
from cdkit_deploy.strategies.pace import Pace
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.undo import Before, put_back


class Strategy(ABC):
    """How one kind of workload gets new images.

    Attributes:
        kind: the kind.
        resource: its resource, in the plural.
        versions: the API versions that it may be served in, the newest first.
        takes: the options of the pace that it knows.
        template_path: where its pod template stands.
    """

    kind: ClassVar[str]
    resource: ClassVar[str]
    versions: ClassVar[tuple[str, ...]] = ("apps/v1",)
    takes: ClassVar[frozenset[str]] = frozenset()
    template_path: ClassVar[tuple[str, ...]] = ("spec", "template")

    @abstractmethod
    def roll_out(
        self, ctx: StepContext, live: Manifest, changes: Sequence[ImageChange], pace: Pace, longest: Duration
    ) -> str:
        """Bring images to a workload, and wait until it runs them; gives the last summary.

        Args:
            ctx: the step's context.
            live: the workload as it is.
            changes: the images.
            pace: how quickly.
            longest: how long it may take.

        Raises:
            RolloutFailed: it does not come to run them.
        """

    def watch(self, ctx: StepContext, live: Manifest, longest: Duration) -> str:
        """See that a workload is well with what it runs; gives a summary.

        Raises:
            RolloutFailed: it is not.
        """
        return await_rollout(ctx, ObjectRef.of(live), longest)

    def undo(self, ctx: StepContext, live: Manifest, longest: Duration) -> str:
        """Bring a workload back to what it was, and wait until it runs so; gives a line about it.

        Args:
            ctx: the step's context.
            live: the workload as it was.
            longest: how long it may take.

        Raises:
            RolloutFailed: it does not run as before.
        """
        before = Before(ObjectRef.of(live), live)
        line = patiently(ctx, str(before.ref), lambda: put_back(ctx.cluster, before))
        await_rollout(ctx, before.ref, longest)
        return line

    def is_under_way(self, live: Manifest) -> bool:
        """Whether an update of it was interrupted that only cdkit can end."""
        return False

    def refuse_to_mix(  # noqa: B027 -- of most kinds any update can follow any other
        self, cluster: Cluster, live: Manifest, changes: Sequence[ImageChange]
    ) -> None:
        """Raise when an update to other images was interrupted, and has to be ended first. Only reads.

        Raises:
            Refused: it was.
        """

    def permissions(self) -> tuple[Permission, ...]:
        """What the account needs to be allowed."""
        group = self.versions[0].rpartition("/")[0]
        return (("get", group, self.resource), ("patch", group, self.resource), ("watch", group, self.resource))

    def find(self, cluster: Cluster, name: str, namespace: str) -> Manifest:
        """The workload as it is, in the newest version that the server has.

        Raises:
            ObjectNotFound: there is none.
        """
        for version in self.versions:
            try:
                live = cluster.get(ObjectRef(version, self.kind, name, namespace))
            except RequestRejected as error:
                if error.cause != "kind-not-served" or version == self.versions[-1]:
                    raise
                continue
            if live is not None:
                return live
            break
        raise ObjectNotFound(f"There is no {self.kind} {name} in {namespace!r}.")

    def template_of(self, live: Manifest) -> dict[str, Any]:
        """The pod template of a workload."""
        template: Any = live
        for name in self.template_path:
            template = template.get(name) or {}
        return dict(template)

    def with_images(self, live: Manifest, changes: Sequence[ImageChange]) -> Manifest:
        """A copy of a workload whose pod template has other images; manifests may leave the template to others."""
        changed = copy.deepcopy(live)
        if not self.template_of(live):
            return changed
        holder: Any = changed
        for name in self.template_path[:-1]:
            holder = holder[name]
        holder[self.template_path[-1]] = with_images(self.template_of(live), changes)
        return changed

    def refuse_what_it_has_not(self, pace: Pace) -> None:
        """Raise when something was asked for that the kind does not have.

        Raises:
            InvalidInput: with the names of these options.
        """
        foreign = ", ".join(f"`{name}`" for name in sorted(pace.asked() - self.takes))
        if foreign:
            known = ", ".join(f"`{name}`" for name in sorted(self.takes)) or "none of them"
            raise InvalidInput(f"For a {self.kind} there is no {foreign}.", remedy=f"It takes {known}.")


class ControlledStrategy(Strategy):
    """For kinds whose controller replaces the pods by itself: the images are set, and it is watched.

    Attributes:
        takes_in_manifests: the options of the pace that are fields of the kind.
    """

    takes_in_manifests: ClassVar[frozenset[str]] = frozenset()

    def roll_out(
        self, ctx: StepContext, live: Manifest, changes: Sequence[ImageChange], pace: Pace, longest: Duration
    ) -> str:
        """Set the images and the pace in one request, and watch."""
        self._set(ctx, live, changes, self.pace_patch(pace))
        return await_rollout(ctx, ObjectRef.of(live), longest)

    def pace_patch(self, pace: Pace) -> dict[str, Any]:
        """The fields of `spec` that set the pace; empty where nothing was asked for."""
        return {}

    def _set(
        self,
        ctx: StepContext,
        live: Manifest,
        changes: Sequence[ImageChange],
        spec: Mapping[str, Any],
        annotations: Mapping[str, str | None] | None = None,
    ) -> None:
        """Change the images, further fields of `spec` and annotations in one request."""
        inner: dict[str, Any] = template_patch(changes)
        for name in reversed(self.template_path[1:]):
            inner = {name: inner}
        patch: dict[str, Any] = {"spec": {**spec, **inner}}
        if annotations:
            patch["metadata"] = {"annotations": dict(annotations)}
        ref = ObjectRef.of(live)
        # The same patch twice is as good as once.
        after = patiently(ctx, str(ref), lambda: ctx.cluster.patch(ref, patch, "strategic"))
        for field in _unheeded(spec, after["spec"]):
            ctx.warn(f"The API server does not know {self.kind}.spec.{field} yet; the update goes on without it.")


def _unheeded(asked: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> list[str]:
    """The fields of a patch that the server has dropped, because it is older than they are."""
    found = []
    for name, value in asked.items():
        if isinstance(value, dict):
            found += _unheeded(value, now.get(name) or {}, f"{path}{name}.")
        elif value is not None and name not in now:
            found.append(f"{path}{name}")
    return found
