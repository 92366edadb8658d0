"""The threads that steps run in. One that has become free takes the next step: starting a thread costs more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], Callable[[], None]]
"""Does the work, and gives what is left to do once the thread is free again: to say so."""


class Workers:
    """As many threads as there were ever jobs at once. They are daemons: one that never returns is left behind."""

    def __init__(self) -> None:
        self._free: deque[SimpleQueue[tuple[str, Job]]] = deque()

    def start(self, name: str, job: Job) -> None:
        """Do a job in a thread of that name; returns at once.

        Args:
            name: of the thread, as long as it does the job.
            job: must not raise.
        """
        try:
            jobs = self._free.pop()
        except IndexError:
            jobs = SimpleQueue()
            threading.Thread(target=self._work, args=(jobs,), daemon=True).start()
        jobs.put((name, job))

    def _work(self, jobs: SimpleQueue[tuple[str, Job]]) -> None:
        while True:
            name, job = jobs.get()
            threading.current_thread().name = name
            say_so = job()
            self._free.append(jobs)
            say_so()
