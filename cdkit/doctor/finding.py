"""What a check found."""

from __future__ import annotations

from typing import Literal

import msgspec

Health = Literal["well", "remark", "wrong"]
"""A remark is worth knowing, and what is not there may not be needed; only what is wrong fails."""


class Finding(msgspec.Struct, frozen=True):
    """One answer of a check.

    Attributes:
        about: what was looked at, in one word (`engine`).
        health: how it is.
        message: what was found, in a sentence.
        remedy: what to do about it; empty where nothing has to be done.
        evidence: lines that prove the message.
    """

    about: str
    health: Health
    message: str
    remedy: str = ""
    evidence: tuple[str, ...] = ()
