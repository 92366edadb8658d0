"""The console script. Whatever happens below ends here, as an exit code and a message for a person."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from cdkit import __version__

SELDOM = 200_000
"""Objects that are made, above those that are gone, before the collector looks for cycles; Python's own is 700."""


def main() -> None:
    """Run the command line and end the process."""
    _open_streams()
    if sys.argv[1:] == ["--version"]:
        # A build server asks this before every run; it needs no command-line library.
        print(f"cdkit {__version__}")  # noqa: T201 -- the answer
        sys.exit(0)
    # Modules and a pipeline's nodes stay to the end: looking through them for garbage is a tenth of a short command.
    gc.set_threshold(SELDOM)
    end = _QuickEnd()
    from cdkit.cli.guard import guarded

    end.code = guarded(sys.argv[1:])
    sys.exit(end.code)


def _open_streams() -> None:
    """Have somewhere to write to where the shell has closed a stream (`cdkit run >&-`): Python has None there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 -- open to the end


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
