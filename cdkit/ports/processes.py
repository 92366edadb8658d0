"""Running commands of the user's project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from cdkit.flow.cancellation import Cancellation
from cdkit.models.event import Stream

OnLine = Callable[[str, Stream], None]


class Processes(Protocol):
    """Starts commands as children of ours, in a process group of their own."""

    def run(
        self,
        command: Sequence[str],
        *,
        directory: str,
        env: Mapping[str, str],
        on_line: OnLine,
        cancellation: Cancellation,
        stdin: str = "",
    ) -> int:
        """Run a command to its end and give its exit code; a death by signal N is 128 + N.

        Args:
            command: the program and its arguments; no shell reads them.
            directory: where it runs.
            env: its whole environment.
            on_line: called with each line that it prints, without the line break, and the stream's name.
            cancellation: ends the command's whole process group, first kindly, then by force.
            stdin: what it can read.

        Raises:
            WorkFailed: there is no such program, or it may not be executed.
            CdkitError: the reason of the cancellation.
        """
        ...
