"""Several things at once: jobs that are cancelled together, actions that end together, questions that are all asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from cdkit.errors import Cancelled
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox

Result = TypeVar("Result")
Other = TypeVar("Other")

AT_ONCE = 16
"""Requests: enough to keep an API server busy that is some milliseconds away, and no more than it answers at once."""


class _Done:
    """A job has ended: with a result, or with an error."""

    def __init__(self, number: int, result: object, error: BaseException | None) -> None:
        self.number = number
        self.result = result
        self.error = error


def in_parallel(
    jobs: Iterable[Callable[[Cancellation], Result]], most: int, cancellation: Cancellation
) -> list[Result]:
    """The results of all jobs, in their order.

    The first failure is raised: the jobs at work then are cancelled, and the others not begun. On a cancel the threads
    are left behind: they are daemons.

    Args:
        jobs: each gets a cancellation to look at.
        most: how many are done at once.
        cancellation: ends the waiting.

    Raises:
        CdkitError: the reason of the cancellation.
        Exception: what the first job raised that failed.
    """
    todo = list(jobs)
    inbox: Inbox[_Done | None] = Inbox()
    inner = Cancellation(cancellation)
    forget = cancellation.on_cancel(lambda: inbox.put(None))
    try:
        _begin(todo, most, inner, inbox)
        results = _collect(len(todo), inbox, cancellation)
    finally:
        forget()
        inner.cancel(Cancelled("The work is over."))
        inner.close()
    return [results[number] for number in range(len(todo))]


def _begin(
    jobs: Sequence[Callable[[Cancellation], object]], most: int, cancellation: Cancellation, inbox: Inbox[_Done | None]
) -> None:
    """Start threads that do the jobs, and put into the mailbox how each has ended; after a failure they stop."""
    waiting = iter(enumerate(jobs))
    lock = threading.Lock()

    def work() -> None:
        while cancellation.reason is None:
            with lock:
                number, job = next(waiting, (None, None))
            if number is None or job is None:
                return
            try:
                inbox.put(_Done(number, job(cancellation), None))
            except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits, which raises it
                inbox.put(_Done(number, None, error))
                cancellation.cancel(Cancelled("Another part of the work failed."))

    for _ in range(min(most, len(jobs))):
        threading.Thread(target=work, daemon=True).start()


def _collect(count: int, inbox: Inbox[_Done | None], cancellation: Cancellation) -> dict[int, Any]:
    """Wait for the results of so many jobs; raises what the first one failed with."""
    results: dict[int, Any] = {}
    while len(results) < count:
        done = inbox.take()
        cancellation.raise_if_cancelled()
        if done is not None and done.error is not None:
            raise done.error
        if done is not None:
            results[done.number] = done.result
    return results


def do_all(actions: Sequence[Callable[[], Result]], most: int = AT_ONCE) -> list[Result]:
    """The results of all actions, in their order.

    After a failure no further one is begun; those under way are waited for, so that nothing happens later.

    Args:
        actions: what to call; each is called at most once, in any thread.
        most: how many are done at once.

    Raises:
        BaseException: the first failure.
    """
    if len(actions) == 1:
        return [actions[0]()]
    results: dict[int, Result] = {}
    failures: list[BaseException] = []
    places = iter(range(len(actions)))
    lock = threading.Lock()

    def work() -> None:
        while not failures:
            with lock:
                place = next(places, None)
            if place is None:
                return
            try:
                results[place] = actions[place]()
            except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits, which raises it
                failures.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(most, len(actions)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [results[place] for place in range(len(actions))]


def both(first: Callable[[], Result], second: Callable[[], Other]) -> tuple[Result, Other]:
    """The results of two actions that are done at once.

    Raises:
        BaseException: the first failure.
    """
    actions: tuple[Callable[[], Any], ...] = (first, second)
    one, other = do_all(actions)
    return one, other


def ask_all(questions: Sequence[Callable[[], Result]], most: int = AT_ONCE) -> list[Result]:
    """The answers to all questions, in their order. All are asked, also when one of them fails.

    Args:
        questions: what to call; each is called once, in any thread.
        most: how many are asked at once.

    Raises:
        Exception: what the first of the questions, in their order, failed with.
    """
    return [outcome() for outcome in do_all([partial(_outcome, question) for question in questions], most)]


def _outcome(question: Callable[[], Result]) -> Callable[[], Result]:
    """Ask a question; gives a function that answers with its answer, or fails as it has failed."""
    try:
        answer = question()
    except BaseException as failure:  # noqa: BLE001 -- raised again in the thread that asked
        error = failure
    else:
        return lambda: answer

    def fail() -> Result:
        raise error

    return fail
