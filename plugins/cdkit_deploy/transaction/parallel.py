"""Doing many small things at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")

AT_ONCE = 8
"""Requests under way at the same time: enough to keep an API server busy, and no flood for a small one."""


def in_parallel(action: Callable[[Item], Result], items: Iterable[Item], at_once: int = AT_ONCE) -> list[Result]:
    """The results of an action on each item, in the items' order.

    After a failure no further one is begun; those under way are waited for, so that nothing happens later.

    Raises:
        BaseException: the first failure.
    """
    numbered = list(enumerate(items))
    if len(numbered) <= 1:
        return [action(item) for _, item in numbered]
    waiting: SimpleQueue[tuple[int, Item]] = SimpleQueue()
    for entry in numbered:
        waiting.put(entry)
    results: dict[int, Result] = {}
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not failures:
                number, item = waiting.get_nowait()
                results[number] = action(item)
        except Empty:
            return
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits, which raises it
            failures.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(at_once, len(numbered)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [results[number] for number, _ in numbered]


def both(first: Callable[[], Result], second: Callable[[], Other]) -> tuple[Result, Other]:
    """The results of two actions that are done at once.

    Raises:
        BaseException: the first failure.
    """
    actions: tuple[Callable[[], Any], ...] = (first, second)
    one, other = in_parallel(lambda action: action(), actions)
    return one, other
