"""Several calls at once, for work that mostly waits for the network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Answer = TypeVar("Answer")

WORKERS = 16
"""Threads at most. An API server answers so many small requests at once without queueing them."""


def in_parallel(calls: Sequence[Callable[[], Answer]], workers: int = WORKERS) -> list[Answer]:
    """The answers of all calls, in their order. All calls are made, also when one of them fails.

    Args:
        calls: what to call; each is called once, in any thread.
        workers: how many calls are made at the same time at most.

    Raises:
        Exception: what the first of the calls, in their order, failed with.
    """
    if len(calls) == 1:
        return [calls[0]()]
    answers: list[Answer | None] = [None] * len(calls)
    errors: dict[int, BaseException] = {}
    places = iter(range(len(calls)))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                place = next(places, None)
            if place is None:
                return
            try:
                answers[place] = calls[place]()
            except BaseException as error:  # noqa: BLE001 -- raised again in the thread that asked
                errors[place] = error

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, len(calls)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return answers  # type: ignore[return-value]  # without an error every place holds its answer
