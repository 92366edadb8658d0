"""Who deploys, and where."""

from __future__ import annotations

import msgspec

from cdkit.api import Manifest, StepContext
from cdkit_deploy.prepare import OWNER


class Place(msgspec.Struct, frozen=True):
    """What an object and a record say about who deployed them.

    Attributes:
        namespace: the namespace of the deployment.
        application: what the pipeline delivers.
        environment: the environment's name; may be empty.
        step: the step of the pipeline: each one has an inventory of its own.
    """

    namespace: str
    application: str
    environment: str
    step: str

    @classmethod
    def of(cls, ctx: StepContext, step: str) -> Place:
        """The place of a run, for the inventory of a step."""
        return cls(ctx.namespace, ctx.application, ctx.environment.name, step)

    @property
    def owner(self) -> str:
        """Who deploys, as it stands in an object's annotation."""
        return f"{self.application}/{self.environment}/{self.step}"

    def owns(self, live: Manifest | None) -> bool:
        """Whether an object is there, and says that this deployment was the last that deployed it."""
        return live is not None and (live["metadata"].get("annotations") or {}).get(OWNER) == self.owner

    def may_touch(self, live: Manifest | None) -> bool:
        """Whether there is no object, or it is this deployment's."""
        return live is None or self.owns(live)
