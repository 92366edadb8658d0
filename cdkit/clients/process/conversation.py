"""The conversation with a child: what it prints, what it reads, and how it is asked to end. One thread, no polling."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from signal import SIGKILL, SIGTERM
from typing import IO, Self

from cdkit.clients.lines import LineSplitter, text_of
from cdkit.clients.process.group import group_lives, signal_group
from cdkit.models.event import Stream
from cdkit.ports.processes import OnLine

DRAIN_SECONDS = 0.5
"""How long to wait for more after the command has ended, when something that it started still holds its output open."""
LONGEST_DRAIN_SECONDS = 5.0
"""How long to read on when that something never stops to print."""
TICK_SECONDS = 0.05
PIECE_BYTES = 1 << 16
STDIN_BYTES = 1 << 12
"""A pipe that is ready takes at least so much (PIPE_BUF)."""

STILL_OPEN = "The command has ended; something that it started still holds its output open, and is not waited for."


class Conversation:
    """Holds a conversation with a child in the caller's own thread.

    Args:
        child: a leader of a process group, with unbuffered pipes.
        stdin: what it can read; needs a pipe when it is not empty.
        on_line: called with each of its lines.
        grace_seconds: between asking the group to end and killing it.
    """

    def __init__(self, child: subprocess.Popen[bytes], stdin: bytes, on_line: OnLine, grace_seconds: float) -> None:
        self._child = child
        self._unwritten = memoryview(stdin)
        self._on_line = on_line
        self._grace = grace_seconds
        self._selector = DefaultSelector()
        self._open_outputs = 0
        self._kill_at: float | None = None
        self._killed = False
        self._leave_at: float | None = None
        self._is_quiet = False

    def __enter__(self) -> Self:
        wake, waker = os.pipe()
        # A file object, because a late `stop` must not write to a descriptor that is somebody else's by then.
        self._waker = os.fdopen(waker, "wb", buffering=0)
        self._wake = wake
        self._exit = _exit_descriptor(self._child.pid)
        self._register_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        self._waker.close()
        os.close(self._wake)
        if self._exit is not None:
            os.close(self._exit)

    def stop(self) -> None:
        """Ask the child to end; may be called from another thread and from a signal handler, also when it has ended."""
        with suppress(ValueError, OSError):
            self._waker.write(b"x")

    def hold(self) -> None:
        """Go on until the child, and on a stop its whole group, has ended and all that it printed is read."""
        while not self._is_over():
            ready = self._selector.select(self._timeout())
            for key, _ in ready:
                key.data()
            self._is_quiet = not ready
            self._press_on()
        if self._open_outputs:
            self._on_line(STILL_OPEN, "log")

    def _register_all(self) -> None:
        self._selector.register(self._wake, EVENT_READ, self._begin_to_stop)
        if self._exit is not None:
            self._selector.register(self._exit, EVENT_READ, self._forget_exit)
        self._register_output(self._child.stdout, "stdout")
        self._register_output(self._child.stderr, "stderr")
        if self._child.stdin is not None:
            os.set_blocking(self._child.stdin.fileno(), False)
            self._selector.register(self._child.stdin.fileno(), EVENT_WRITE, self._write)

    def _register_output(self, pipe: IO[bytes] | None, stream: Stream) -> None:
        descriptor = _descriptor(pipe)
        self._selector.register(descriptor, EVENT_READ, partial(self._read, descriptor, stream, LineSplitter()))
        self._open_outputs += 1

    def _read(self, descriptor: int, stream: Stream, splitter: LineSplitter) -> None:
        piece = os.read(descriptor, PIECE_BYTES)
        for line in splitter.feed(piece):
            self._on_line(text_of(line), stream)
        if piece:
            return
        rest = splitter.rest()
        if rest is not None:
            self._on_line(text_of(rest), stream)
        self._selector.unregister(descriptor)
        self._open_outputs -= 1

    def _write(self) -> None:
        descriptor = _descriptor(self._child.stdin)
        try:
            self._unwritten = self._unwritten[os.write(descriptor, self._unwritten[:STDIN_BYTES]) :]
        except BrokenPipeError:
            # A child need not read what it is given.
            self._unwritten = self._unwritten[:0]
        if not self._unwritten and self._child.stdin is not None:
            self._selector.unregister(descriptor)
            self._child.stdin.close()

    def _forget_exit(self) -> None:
        if self._exit is not None:
            self._selector.unregister(self._exit)

    def _begin_to_stop(self) -> None:
        self._selector.unregister(self._wake)
        signal_group(self._child.pid, SIGTERM)
        self._kill_at = time.monotonic() + self._grace
        self._leave_at = None

    def _press_on(self) -> None:
        """Kill what did not end in its time, and set a limit to what is read after the end."""
        if self._kill_at is not None and not self._killed and time.monotonic() >= self._kill_at:
            signal_group(self._child.pid, SIGKILL)
            self._killed = True
        if self._leave_at is None and self._has_ended():
            self._leave_at = time.monotonic() + DRAIN_SECONDS

    def _has_ended(self) -> bool:
        if self._child.poll() is None:
            return False
        stopping = self._kill_at is not None
        return not stopping or self._killed or not group_lives(self._child.pid)

    def _is_over(self) -> bool:
        """Whether all is read, or nothing is left to wait for.

        On a busy machine this thread may wake up long after its time: what is in the pipe by then is read all the same.
        """
        if self._leave_at is None or not self._open_outputs:
            return self._leave_at is not None
        late = time.monotonic() - self._leave_at
        return late >= (0 if self._is_quiet else LONGEST_DRAIN_SECONDS)

    def _timeout(self) -> float | None:
        waits_for_a_time = self._exit is None or self._kill_at is not None or self._leave_at is not None
        return TICK_SECONDS if waits_for_a_time else None


def _exit_descriptor(pid: int) -> int | None:
    """A descriptor that becomes readable when the child ends; None where the system has no such thing."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ValueError("The child was started without this pipe.")
    return pipe.fileno()
