"""An older commit does not overwrite a newer one; which one is older is told by git's history, and not by a clock."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import Refused, StepContext
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.turn.holder import SHORT_COMMIT

IN_THE_CLUSTER = frozenset({"verified", "pending", "failed"})
"""Verdicts of deployments of which something may still be in the cluster."""

WHOLE_HISTORY = (
    "Give the build the whole history, fetched just before it deploys: `fetch-depth: 0` for actions/checkout, "
    "`GIT_DEPTH: 0` on GitLab, `depth: 0` for Drone and Woodpecker, no shallow clone in Jenkins; "
    "`git fetch --unshallow` mends a checkout. Or set `allow_older: true` when you know that the order is right."
)


def deployed_last(records: Sequence[Record]) -> Record | None:
    """The last deployment of which something may still be in the cluster.

    Args:
        records: the records of a deployment, oldest first.
    """
    return next((record for record in reversed(records) if record.verdict in IN_THE_CLUSTER), None)


def must_not_be_older(ctx: StepContext, deployment: Deployment, commit: str, last: Record | None) -> None:
    """Refuse to deploy a commit that is older than the one that is deployed.

    Where nobody knows a commit (no repository, or a record without one) there is no order to keep. A commit of another
    branch is not older. Where git cannot tell, because a part of the history is not there, the deployment is refused
    with what to do about it: the newer commit of a build that was quicker than ours is just what an older checkout
    does not know.

    Args:
        ctx: the step's context.
        deployment: the application and its environment, for messages.
        commit: what is to be deployed.
        last: what is deployed.

    Raises:
        Refused: the commit is older, or it cannot be told.
    """
    if last is None or not commit or not last.commit or commit == last.commit:
        return
    position = ctx.commits.position(commit, last.commit)
    ours, theirs = commit[:SHORT_COMMIT], last.commit[:SHORT_COMMIT]
    where = f"{theirs}, which is deployed of {deployment} as revision {last.revision}"
    if position == "behind":
        raise Refused(
            f"The commit {ours} is older than {where}.",
            remedy="Deploy the newer commit; or go back on purpose, with `cdkit rollback` or `allow_older: true`.",
        )
    if position == "unknown":
        raise Refused(
            f"Git cannot tell whether the commit {ours} is older than {where}: the checkout does not hold enough of "
            "the history.",
            remedy=WHOLE_HISTORY,
        )
    if position == "diverged":
        ctx.say(f"The commit {ours} is of another branch than {where}.")
