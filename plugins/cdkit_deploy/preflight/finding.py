"""What a check before a deployment can find."""

from __future__ import annotations

import msgspec

from cdkit.api import Problem


class Doubt(msgspec.Struct, frozen=True):
    """Something that may go wrong and that nobody can know before: it is told, and the deployment goes on."""

    message: str


Finding = Problem | Doubt
