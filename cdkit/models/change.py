"""What a run would change, as `cdkit plan` tells it."""

from __future__ import annotations

from typing import Literal

import msgspec

Action = Literal["run", "build", "push", "create", "update", "write", "delete", "keep", "unknown"]


class Change(msgspec.Struct, frozen=True):
    """One effect that running a step would have.

    Attributes:
        action: what would be done; `keep` says that nothing would change, `unknown` that it could not be asked.
        subject: what it would be done to (`Deployment hello`, an image reference, a command).
        reason: why, or for `unknown` why it could not be known.
        details: further lines, one fact each.
    """

    action: Action
    subject: str
    reason: str = ""
    details: tuple[str, ...] = ()
