"""The threads of steps are used again, and one that never returns keeps nobody from going on."""

from __future__ import annotations

import threading

from cdkit.engine.workers import Workers
from cdkit.flow.clock import Inbox


def test_a_thread_that_is_free_takes_the_next_job_under_its_name() -> None:
    workers, inbox = Workers(), Inbox[tuple[str, int]]()

    def job() -> object:
        said = (threading.current_thread().name, threading.get_ident())
        return lambda: inbox.put(said)

    seen = []
    for name in ("a", "b", "c"):
        workers.start(name, job)  # type: ignore[arg-type]
        seen.append(inbox.take(10))
    assert [item[0] for item in seen if item] == ["a", "b", "c"]
    assert len({item[1] for item in seen if item}) == 1


def test_a_job_that_never_returns_does_not_hold_up_the_next() -> None:
    workers, inbox, stuck = Workers(), Inbox[str](), threading.Event()

    def hang() -> object:
        stuck.wait()
        return lambda: None

    workers.start("stuck", hang)  # type: ignore[arg-type]
    workers.start("free", lambda: lambda: inbox.put("done"))
    assert inbox.take(10) == "done"
    stuck.set()
