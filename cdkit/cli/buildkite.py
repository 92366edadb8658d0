"""Buildkite's agent: a program that takes what other servers read from files or from the log.

https://buildkite.com/docs/agent/v3/cli-annotate, https://buildkite.com/docs/agent/v3/cli-meta-data
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from cdkit.report.collected import Collected
from cdkit.report.handed_on import named_outputs

AGENT = "buildkite-agent"
LONGEST = 60.0
"""Seconds that one command of the agent may take."""


def tell_agent(run: Collected, summary: str) -> None:
    """Put the summary on the page of the build, and the outputs into its meta-data: `cdkit:image` and so on.

    Nothing where there is no agent, as in a container without it. What the agent fails at is no failure of the run.
    """
    agent = shutil.which(AGENT)
    if agent is None:
        return
    style = "success" if run.exit_code == 0 else "error"
    _have([agent, "annotate", "--context", "cdkit", "--style", style], summary)
    for name, value in named_outputs(run).items():
        _have([agent, "meta-data", "set", f"cdkit:{name}"], value)


def _have(command: list[str], text: str) -> None:
    """Run a command of the agent that reads a text; no process list shows it."""
    try:
        subprocess.run(command, input=text.encode(), stdout=subprocess.DEVNULL, check=True, timeout=LONGEST)
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"warning: {AGENT} {command[1]} did not work: {error}\n")
