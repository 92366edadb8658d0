"""What a person can choose where two deployments meet."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cdkit.api import Permission, StepOptions

LEASE_GROUP = "coordination.k8s.io"
TAKING_TURNS: tuple[Permission, ...] = tuple((verb, LEASE_GROUP, "leases") for verb in ("get", "create", "patch"))
"""What an account needs to be allowed for it."""

OnBusy = Literal["wait", "fail", "supersede"]


class TurnOptions(StepOptions, frozen=True, kw_only=True):
    """How deployments of one application in one environment follow each other; the steps add what to deploy."""

    on_busy: Annotated[
        OnBusy,
        Meta(description="While another build deploys: `wait` for it, `fail`, or `supersede` one of an older commit."),
    ] = "wait"
    allow_older: Annotated[
        bool, Meta(description="Deploy although a newer commit is deployed, or git cannot tell which one is newer.")
    ] = False
