"""The credentials last as long as the deployment may take."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Duration
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.surroundings import Surroundings

UNDO = 2
"""A deployment that fails at its end takes as long again to be undone."""


def findings(around: Surroundings, now: float, longest: float) -> Iterator[Finding]:
    """A doubt where the credentials could end in the middle of the work.

    Args:
        around: the cluster.
        now: seconds since the epoch.
        longest: how many seconds the deployment may take.
    """
    end = around.cluster.credentials_expire()
    if end is not None and end < now + UNDO * longest:
        left = f"in {Duration(max(end - now, 0))}" if end > now else "already"
        yield Doubt(
            f"The credentials for the cluster end {left}; the deployment may take {Duration(longest)}, and as long "
            f"again to be undone. Give the build credentials that last longer, or a kubeconfig that renews them."
        )
