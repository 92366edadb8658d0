"""The console script. Whatever happens below ends here, as an exit code and a message for a person."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from cdkit import __version__
from cdkit.cli.streams import OutputLost, open_streams

SELDOM = 200_000
"""Objects that are made, above those that are gone, before the collector looks for cycles; Python's own is 700."""


def main() -> None:
    """Run the command line and end the process."""
    open_streams()
    if sys.argv[1:] == ["--version"]:
        sys.exit(_say_version())
    # Modules and a pipeline's nodes stay to the end: looking through them for garbage is a tenth of a short command.
    gc.set_threshold(SELDOM)
    end = _QuickEnd()
    from cdkit.cli.guard import guarded

    end.code = guarded(sys.argv[1:])
    sys.exit(end.code)


def _say_version() -> int:
    """Build servers ask for it before every run; it needs no command-line library."""
    try:
        print(f"cdkit {__version__}", flush=True)  # noqa: T201 -- the answer
    except OutputLost as lost:
        from cdkit.cli.guard import answer_lost

        return answer_lost(lost)
    return 0


class _QuickEnd:
    """Ends the process without taking the interpreter apart, which takes half as long as to start it.

    Of all that is to be done at the exit it is done last, for it is made first.
    """

    def __init__(self) -> None:
        self.code: int | None = None
        atexit.register(self._leave)

    def _leave(self) -> None:
        if self.code is not None:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self.code)
