"""What the groups of options have in common."""

from __future__ import annotations

import shlex
from typing import Annotated

from msgspec import Meta

from cdkit.api import SelfChecking

PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Text = Annotated[str, Meta(min_length=1)]
Named = dict[str, str]
Command = str | list[str]
"""A program and its arguments. No shell reads it: a text is split at its spaces, as a shell would split it."""

HostName = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$(?!\n)",
        title="the name of a host: lower case letters, digits, dashes and dots",
    ),
]


class Part(SelfChecking, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of a group of options."""


def words_of(command: Command) -> tuple[str, ...]:
    """A command as a program and its arguments.

    Raises:
        ValueError: a quotation mark of the text is never closed.
    """
    return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)
