"""One deployment at a time, and in order: the Lease of an application in an environment, and git's history."""

from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.lease import Lease, read_lease
from cdkit_deploy.turn.options import TurnOptions
from cdkit_deploy.turn.order import deployed_last, must_not_be_older
from cdkit_deploy.turn.turn import NEEDED, lease_of, turn

__all__ = [
    "NEEDED",
    "Holder",
    "Lease",
    "TurnOptions",
    "deployed_last",
    "lease_of",
    "must_not_be_older",
    "read_lease",
    "turn",
]
