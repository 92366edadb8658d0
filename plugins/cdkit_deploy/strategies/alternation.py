"""How many pods an old and a new controller have, step by step, while the one hands over to the other. Pure.

The algorithm is that of the `kubectl rolling-update` of old: the new one grows as far as the surge lets it, and when
its pods are available the old one shrinks as far as that lets it; and so on in turns.
"""

from __future__ import annotations

import msgspec

from cdkit.api import InvalidInput
from cdkit_deploy.strategies.pace import Pace, rounded

SURGE, UNAVAILABLE = "1", "0"
"""What is taken where nothing was asked for."""


class Counts(msgspec.Struct, frozen=True):
    """How many pods each of the two controllers wants."""

    old: int
    new: int


class Bounds(msgspec.Struct, frozen=True):
    """Between which numbers of pods a handover has to stay.

    Attributes:
        desired: how many there are to be in the end.
        most: how many there may be of both together.
        least: how many have to be available.
    """

    desired: int
    most: int
    least: int

    @classmethod
    def of(cls, desired: int, pace: Pace) -> Bounds:
        """The bounds that a pace sets; when pods are recreated, all old ones go first.

        Raises:
            InvalidInput: there may be no pod more, and none missing: nothing could ever be replaced.
        """
        if pace.recreate:
            return cls(desired, desired, 0)
        shares = pace.surge or SURGE, pace.unavailable or UNAVAILABLE
        if all(share in {"0", "0%"} for share in shares):
            raise InvalidInput(
                "With neither a surge nor a pod that may be unavailable nothing could be replaced.",
                remedy="Set `surge` or `unavailable` to 1 or more.",
            )
        surge, unavailable = rounded(shares[0], desired, up=True), rounded(shares[1], desired, up=False)
        # A share of a few pods may round to none; then one may be missing, as for a Deployment.
        return cls(desired, desired + surge, max(0, desired - (unavailable or not surge)))

    def grown(self, counts: Counts) -> Counts:
        """As many new pods as there is room for beside the old ones."""
        new = min(self.desired, max(counts.new, self.most - counts.old))
        return Counts(counts.old, new)

    def shrunk(self, counts: Counts) -> Counts:
        """As few old pods as are needed beside new ones that are all available."""
        return Counts(min(counts.old, max(0, self.least - counts.new)), counts.new)

    def is_done(self, counts: Counts) -> bool:
        """Whether the new controller has all, and the old one none."""
        return counts == Counts(0, self.desired)
