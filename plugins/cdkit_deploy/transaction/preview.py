"""What a deployment would do, for `cdkit plan`."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import Change, Manifest, StepContext
from cdkit_deploy.difference.objects import ApplyPolicy, planned_changes
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.secrets import hide_secrets
from cdkit_deploy.transaction.baseline import read_baseline
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.outlook import hide_known_secrets, look_ahead
from cdkit_deploy.transaction.place import Place


def preview(ctx: StepContext, objects: Sequence[Manifest], options: DeployOptions) -> list[Change]:
    """What would be done to each object of the manifests, and to what they no longer have. Changes nothing.

    Raises:
        Unavailable: the cluster does not answer.
    """
    hide_secrets(ctx, objects)
    place = Place.of(ctx, ctx.step)
    baseline = read_baseline(Ledger.of(ctx), place.step)
    outlook = look_ahead(ctx, objects, place, baseline, options)
    hide_known_secrets(ctx, baseline, outlook)
    policy = ApplyPolicy(take_over=options.conflicts == "force", recreate=options.recreate != "never")
    changes = planned_changes(ctx.cluster, [target.manifest for target in outlook.targets], policy)
    removed = [Change("delete", str(ref), "the manifests no longer have it") for ref in outlook.surplus.removed]
    put_back = [
        Change("update", str(item.ref), "it was somebody else's before an interrupted deployment changed it")
        for item in outlook.surplus.put_back
    ]
    return [*changes, *removed, *put_back]
