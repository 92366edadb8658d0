"""`rolling-update`: apply manifests, watch the rollout, and put everything back when it fails."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cdkit.api import Manifest, StepContext
from cdkit_deploy.apply import Apply
from cdkit_deploy.strategies.pace import Manner, MinReady, Pace, Partition, Surge, Unavailable
from cdkit_deploy.transaction.options import Conflicts


class RollingUpdate(Apply):
    """Apply manifests, watch the rollout to its end, and put everything back when it fails."""

    name = "rolling-update"

    class Options(Apply.Options, frozen=True, kw_only=True):
        """What to deploy, and how."""

        conflicts: Annotated[
            Conflicts, Meta(description="What to do about fields that another field manager has set to something else.")
        ] = "force"
        strategy: Manner = "rolling"
        surge: Surge = None
        unavailable: Unavailable = None
        partition: Partition = None
        min_ready: MinReady = None

    options: Options

    def _read(self, ctx: StepContext) -> list[Manifest]:
        from cdkit_deploy.strategies.manifests import with_pace

        return with_pace(super()._read(ctx), Pace.of(self.options))
