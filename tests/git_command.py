"""git, for tests that make a checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SETTINGS = {
    "user.name": "Test",
    "user.email": "test@example.com",
    "commit.gpgsign": "false",
    # A submodule may come from a folder: https://git-scm.com/docs/git-config#Documentation/git-config.txt-protocolallow
    "protocol.file.allow": "always",
}


def git(folder: Path, *arguments: str) -> str:
    """Run a command of git in a folder, whoever's machine this is; gives what it says."""
    settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = ["git", *settings, *arguments]
    ran = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    return ran.stdout.strip()
