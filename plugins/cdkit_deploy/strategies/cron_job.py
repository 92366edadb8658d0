"""A CronJob: nothing runs of it now, and its next run takes the new images."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import Duration, Manifest, StepContext
from cdkit_deploy.strategies.images import ImageChange
from cdkit_deploy.strategies.pace import Pace
from cdkit_deploy.strategies.strategy import ControlledStrategy


class CronJobStrategy(ControlledStrategy):
    """https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/."""

    kind = "CronJob"
    resource = "cronjobs"
    versions = ("batch/v1", "batch/v1beta1")
    template_path = ("spec", "jobTemplate", "spec", "template")

    def roll_out(
        self, ctx: StepContext, live: Manifest, changes: Sequence[ImageChange], pace: Pace, longest: Duration
    ) -> str:
        """Set the images; there is nothing to wait for."""
        self._set(ctx, live, changes, {})
        return f"its next run takes it{_when(live)}"

    def watch(self, ctx: StepContext, live: Manifest, longest: Duration) -> str:
        """There is nothing to watch before its next run."""
        return f"its next run takes it{_when(live)}"


def _when(live: Manifest) -> str:
    spec = live["spec"]
    return "; it is suspended" if spec.get("suspend") else f", by its schedule `{spec['schedule']}`"
