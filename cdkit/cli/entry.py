"""The console script. Whatever happens below ends here, as an exit code and a message for a person."""

from __future__ import annotations

import gc
import sys

from cdkit import __version__

SELDOM = 200_000
"""Objects that are made, above those that are gone, before the collector looks for cycles; Python's own is 700."""


def main() -> None:
    """Run the command line and end the process."""
    if sys.argv[1:] == ["--version"]:
        # A build server asks this before every run; it needs no command-line library.
        print(f"cdkit {__version__}")  # noqa: T201 -- the answer
        sys.exit(0)
    # Modules and a pipeline's nodes stay to the end: looking through them for garbage is a tenth of a short command.
    gc.set_threshold(SELDOM)
    from cdkit.cli.guard import guarded

    code = guarded(sys.argv[1:])
    # All memory goes back at once; to look through it for cycles first takes longer than to start the interpreter.
    gc.freeze()
    sys.exit(code)
