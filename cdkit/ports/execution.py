"""A command that runs in a container which is there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from cdkit.models.container import Executed


class Execution(AbstractContextManager["Execution"], Protocol):
    """One command; leaving its context hangs up on it. For one thread."""

    def output(self) -> Iterator[bytes]:
        """What it writes to its standard output, piece by piece as it comes, until it ends.

        Raises:
            CdkitError: the reason of the cancellation; or that the connection broke.
        """
        ...

    def ended(self) -> Executed:
        """How it ended. Output that nobody has read is thrown away.

        Raises:
            CdkitError: the reason of the cancellation; or that the connection broke before it told.
        """
        ...
