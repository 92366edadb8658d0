"""The port of commands, on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from signal import SIGKILL

from cdkit.clients.process.conversation import Conversation
from cdkit.clients.process.group import signal_group
from cdkit.clients.process.start import start
from cdkit.flow.cancellation import Cancellation
from cdkit.ports.processes import OnLine

GRACE_SECONDS = 5.0


class LocalProcesses:
    """Starts commands on this machine, as `cdkit.ports.processes.Processes` describes it. May be shared by threads.

    Args:
        grace_seconds: how long a cancelled command may take to end by itself.
    """

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace = grace_seconds

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
        r"""Run a command to its end and give its exit code; a death by signal N is 128 + N.

        A line over 1 MiB is cut, and of a line that was written over with `\r` only the last state is given.

        Args:
            command: the program and its arguments; no shell reads them.
            directory: where it runs.
            env: its whole environment.
            on_line: called with each line that it prints, without the line break, and the stream's name.
            cancellation: ends the command's whole process group: SIGTERM, and after the grace SIGKILL.
            stdin: what it can read.

        Raises:
            WorkFailed: there is no such program, or it may not be executed.
            CdkitError: the reason of the cancellation.
        """
        cancellation.raise_if_cancelled()
        child = start(command, directory, env, has_stdin=bool(stdin))
        with child, Conversation(child, stdin.encode(), on_line, self._grace) as conversation:
            forget = cancellation.on_cancel(conversation.stop)
            try:
                conversation.hold()
            except BaseException:
                signal_group(child.pid, SIGKILL)
                raise
            finally:
                forget()
        cancellation.raise_if_cancelled()
        return child.returncode if child.returncode >= 0 else 128 - child.returncode
