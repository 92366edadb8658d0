"""The console script. Whatever happens below ends here, as an exit code and a message for a person."""

from __future__ import annotations

import sys

from cdkit import __version__


def main() -> None:
    """Run the command line and end the process."""
    if sys.argv[1:] == ["--version"]:
        # A build server asks this before every run; it needs no command-line library.
        print(f"cdkit {__version__}")  # noqa: T201 -- the answer
        sys.exit(0)
    from cdkit.cli.guard import guarded

    sys.exit(guarded(sys.argv[1:]))
