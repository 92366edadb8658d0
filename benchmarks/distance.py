"""A network between a build server and its cluster: a relay that hands on every byte later than it came, both ways.

It does not look into what it hands on: TLS goes from one end to the other. It takes as many bytes at once as come, so
that only time is added. To open a connection takes a round trip on a real network, and so it does here.
"""

from __future__ import annotations

import heapq
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

PIECE_BYTES = 1 << 18


class Distance:
    """A relay in a process of its own, for as long as the context lasts.

    Args:
        target: host and port where it leads.
        seconds: there and back.

    Attributes:
        port: where it listens, on 127.0.0.1.
        cpu_seconds: what the process has used, once the context is over.
    """

    def __init__(self, target: tuple[str, int], seconds: float) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._target = target
        self._seconds = seconds
        self.port: int = self._listener.getsockname()[1]
        self.cpu_seconds = 0.0

    def __enter__(self) -> Self:
        listener = self._listener.fileno()
        settings = (listener, *self._target, self._seconds)
        arguments = [sys.executable, "-m", "benchmarks.distance", *map(str, settings)]
        self._process = subprocess.Popen(arguments, cwd=Path(__file__).parents[1], pass_fds=[listener])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._listener.close()
        self.cpu_seconds = usage.ru_utime + usage.ru_stime


class Relay:
    """Takes connections, makes a further one for each, and hands on between the two.

    Args:
        listener: takes the connections.
        target: the address to connect to.
        seconds: there and back.
    """

    def __init__(self, listener: socket.socket, target: tuple[str, int], seconds: float) -> None:
        self._listener = listener
        self._target = target
        self._there_and_back = seconds
        # Its pauses are exact to the microsecond, where those of epoll are whole milliseconds.
        self._selector = selectors.SelectSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._under_way: list[tuple[float, int, socket.socket, bytes]] = []
        self._counter = count()

    def run(self) -> None:
        """Hand on, for ever."""
        while True:
            for key, _ in self._selector.select(self._pause()):
                key.data()
            self._deliver()

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(self._target)
        opened = time.monotonic() + self._there_and_back
        for source, sink in ((near, far), (far, near)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(source, selectors.EVENT_READ, self._taking(source, sink, opened))

    def _taking(self, source: socket.socket, sink: socket.socket, opened: float) -> Callable[[], None]:
        def take() -> None:
            try:
                piece = source.recv(PIECE_BYTES)
            except OSError:
                piece = b""
            due = max(time.monotonic(), opened) + self._there_and_back / 2
            heapq.heappush(self._under_way, (due, next(self._counter), sink, piece))
            if not piece:
                self._selector.unregister(source)

        return take

    def _pause(self) -> float | None:
        return max(0.0, self._under_way[0][0] - time.monotonic()) if self._under_way else None

    def _deliver(self) -> None:
        """Hand on what has been under way for long enough; the end of a direction is an empty piece."""
        now = time.monotonic()
        while self._under_way and self._under_way[0][0] <= now:
            _, _, sink, piece = heapq.heappop(self._under_way)
            # Whoever has hung up meanwhile wants no more.
            with suppress(OSError):
                if piece:
                    sink.sendall(piece)
                else:
                    sink.shutdown(socket.SHUT_WR)


def main(listener: str, host: str, port: str, seconds: str) -> None:
    """Relay until the process is ended; the listening socket is inherited."""
    Relay(socket.socket(fileno=int(listener)), (host, int(port)), float(seconds)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
