"""Where cdkit keeps what it has to remember of a project: runs, and the key of their fingerprints."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

STATE_FOLDER = ".cdkit"

NAME_DIGITS = 16
"""Hexadecimal digits that tell one project's folder from another's."""


def state_folder(workspace: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """`.cdkit` beside the pipeline file; where that cannot be written, a folder of our own account.

    A build server may give a container a checkout that belongs to root. That folder is below XDG_STATE_HOME
    (https://specifications.freedesktop.org/basedir-spec/latest/), whose other users' folders nobody can prepare for us.
    """
    beside = workspace / STATE_FOLDER
    if os.access(beside if beside.exists() else workspace, os.W_OK):
        return beside
    home = environ.get("XDG_STATE_HOME") or str(Path(environ.get("HOME") or "/nonexistent") / ".local" / "state")
    return Path(home) / "cdkit" / sha256(os.fsencode(workspace)).hexdigest()[:NAME_DIGITS]
