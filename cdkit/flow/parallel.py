"""Several things at once: jobs that have to succeed together, and questions that are all asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from cdkit.errors import Cancelled
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox

Result = TypeVar("Result")

QUESTIONS = 16
"""At once. An API server answers so many small requests without queueing them."""


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
    todo = list(enumerate(jobs))
    results: dict[int, object] = {}
    inbox: Inbox[_Done | None] = Inbox()
    inner = Cancellation(cancellation)
    forget = cancellation.on_cancel(lambda: inbox.put(None))
    waiting = iter(todo)
    lock = threading.Lock()

    def work() -> None:
        while inner.reason is None:
            with lock:
                number, job = next(waiting, (None, None))
            if number is None or job is None:
                return
            try:
                inbox.put(_Done(number, job(inner), None))
            except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits, which raises it
                inbox.put(_Done(number, None, error))
                inner.cancel(Cancelled("Another part of the work failed."))

    try:
        for _ in range(min(most, len(todo))):
            threading.Thread(target=work, daemon=True).start()
        while len(results) < len(todo):
            done = inbox.take()
            cancellation.raise_if_cancelled()
            if done is not None and done.error is not None:
                raise done.error
            if done is not None:
                results[done.number] = done.result
    finally:
        forget()
        inner.cancel(Cancelled("The work is over."))
        inner.close()
    return [results[number] for number, _ in todo]  # type: ignore[misc]  # each is what its job gave


def ask_all(questions: Sequence[Callable[[], Result]], most: int = QUESTIONS) -> list[Result]:
    """The answers to all questions, in their order. All are asked, also when one of them fails.

    Args:
        questions: what to call; each is called once, in any thread.
        most: how many are asked at once.

    Raises:
        Exception: what the first of the questions, in their order, failed with.
    """
    answers: dict[int, Result] = {}
    errors: dict[int, BaseException] = {}
    places = iter(range(len(questions)))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                place = next(places, None)
            if place is None:
                return
            try:
                answers[place] = questions[place]()
            except BaseException as error:  # noqa: BLE001 -- raised again in the thread that asked
                errors[place] = error

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(most, len(questions)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return [answers[place] for place in range(len(questions))]
