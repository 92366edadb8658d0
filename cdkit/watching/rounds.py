"""One run after the other, until a signal comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cdkit.engine.messages import Messages
from cdkit.errors import Cancelled
from cdkit.watching.desk import Desk


def run_on_changes(
    desk: Desk,
    *,
    perform: Callable[[Messages], object],
    on_waiting: Callable[[], None],
    on_changes: Callable[[Sequence[str]], None],
    at_once: bool = True,
) -> int:
    """Perform a round now and after each change; gives the exit code of the signal that ended it.

    A change during a round cancels it, and the next begins as soon as that has cleaned up. However a round ends, the
    watching goes on.

    Args:
        desk: where signals and changes arrive.
        perform: performs one round, with the mailbox that can interrupt it.
        on_waiting: is told each time that there is nothing to do.
        on_changes: is told the paths for which a round begins.
        at_once: perform the first round before anything changes.
    """
    if at_once:
        _round(desk, perform)
    while desk.interrupted is None:
        if not desk.has_changes:
            on_waiting()
        changes = desk.next_changes()
        if changes:
            on_changes(changes)
            _round(desk, perform)
    return Cancelled(signal_number=desk.interrupted.signal_number).code


def _round(desk: Desk, perform: Callable[[Messages], object]) -> None:
    with desk.round() as inbox:
        perform(inbox)
