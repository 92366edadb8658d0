"""What a record says. Pure data; `codec` writes it into ConfigMaps and Secrets."""

from __future__ import annotations

from typing import Literal

import msgspec

from cdkit.api import Manifest, ObjectRef
from cdkit_deploy.undo import Before

Verdict = Literal["pending", "verified", "failed", "rolled-back", "superseded"]
"""`pending` until the deployment has ended: one that stays so was interrupted. `failed` was left as it is."""

UNSETTLED: frozenset[Verdict] = frozenset({"pending", "failed"})
"""Verdicts of deployments that may have left the cluster between two revisions."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment, for `history` and for finding what a later one starts from.

    Attributes:
        revision: counts all deployments of an application in an environment, from 1.
        verdict: how it ended.
        step: the step that deployed. Each step of a pipeline has an inventory of its own.
        via: for a deployment that only gave one workload of the inventory other images, what it was: `set-image
            deployment/web`; empty for one of all of it. It is the step too where no inventory has the workload.
        commit: the full hash of the commit that was deployed; empty when nobody knows it.
        images: the images that the workloads run.
        build_url: where a person can look at the build.
        actor: who caused it.
        time: when it began, in UTC, as RFC 3339.
        run_id: the run of cdkit.
        cause: why it failed, in a sentence; empty otherwise.
        restores: the revision that was deployed again, by a rollback; 0 for an ordinary deployment.
        inventory: what the deployment consists of.
    """

    revision: int
    verdict: Verdict = "pending"
    step: str = ""
    via: str = ""
    commit: str = ""
    images: tuple[str, ...] = ()
    build_url: str = ""
    actor: str = ""
    time: str = ""
    run_id: str = ""
    cause: str = ""
    restores: int = 0
    inventory: tuple[ObjectRef, ...] = ()

    @property
    def has_manifests(self) -> bool:
        """Whether it holds what it takes to deploy it again: of a workload of others only the images are known."""
        return not self.via or self.via != self.step


class Contents(msgspec.Struct, frozen=True):
    """What it takes to deploy a revision again, and to undo it.

    Attributes:
        objects: the manifests as they were applied, Secrets with their data.
        before: what was there before the first unsettled deployment, of all that the last verified revision does not
            know.
    """

    objects: tuple[Manifest, ...] = ()
    before: tuple[Before, ...] = ()
