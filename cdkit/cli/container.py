"""The entry point of cdkit's container: `cdkit`, and for a plugin of a build server, what its settings say.

A plugin is started without a command. This is no shell script: some shells drop environment variables whose names hold
a dash, and Drone's settings have them.
"""

from __future__ import annotations

import os
import sys

SETTINGS = "PLUGIN_"
ON_A_SERVER = "CI"
"""Drone and Woodpecker set it in every container; a plugin that is given no settings at all runs the pipeline."""


def main() -> None:
    """Run the command, or what the settings say, or show the help where there is neither."""
    if not sys.argv[1:] and any(name == ON_A_SERVER or name.startswith(SETTINGS) for name in os.environ):
        sys.argv.append("from-settings")
    from cdkit.cli.entry import main as run

    run()
