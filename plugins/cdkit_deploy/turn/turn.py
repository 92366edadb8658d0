"""One deployment of an application in an environment at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cdkit.api import ObjectRef, StepContext
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.turn.claim import Claim
from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.keeper import Keeper
from cdkit_deploy.turn.options import LEASE_GROUP, TurnOptions


@contextmanager
def turn(ctx: StepContext, options: TurnOptions, holder: Holder | None = None) -> Iterator[None]:
    """Be the only one that deploys the application in its environment, while the context lasts.

    A Lease in the deployment's namespace says who it is. It is renewed in a thread, and given up however the step ends;
    that of a build that was killed runs out. When somebody else takes it, or a newer commit wants it, the step's
    cancellation says so.

    Args:
        ctx: the step's context.
        options: what to do while another build deploys.
        holder: ourselves; where that is left out, who builds is asked for when it takes longer.

    Raises:
        Refused: another build deploys, and is not to be waited for; or what it deploys is newer.
    """
    deployment = Deployment(ctx.application, ctx.environment.name)
    ref = lease_of(deployment, ctx.namespace)
    ourselves = holder or Holder.of(ctx)
    lease = Claim(ctx, ref, deployment, options, ourselves).wait_for_turn()
    keeper = Keeper(ctx, ref, deployment, ourselves, lease)
    # A step that does not stop is left behind by the run: then nobody else would come to its turn.
    forget = ctx.defer(f"give up {ref}", keeper.release)
    keeper.start()
    try:
        yield
    finally:
        forget()
        keeper.release()


def lease_of(deployment: Deployment, namespace: str) -> ObjectRef:
    """The Lease of a deployment."""
    return ObjectRef(f"{LEASE_GROUP}/v1", "Lease", deployment.name, namespace)
