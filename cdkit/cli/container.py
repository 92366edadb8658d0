"""The entry point of cdkit's container: without a command, the settings say what to do; with one, it is as `cdkit`.

It is no shell script: some shells drop environment variables whose names hold a dash, and Drone's settings have them.
"""

from __future__ import annotations

import os
import sys

SETTINGS = "PLUGIN_"


def main() -> None:
    """Run the command, or what the settings say, or show the help where there is neither."""
    if not sys.argv[1:] and any(name.startswith(SETTINGS) for name in os.environ):
        sys.argv.append("from-settings")
    from cdkit.cli.entry import main as run

    run()
