"""What git leaves out of a checkout."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from pathlib import Path

LONGEST = 10.0
"""Seconds after which git is not waited for any more."""


def ignored_by_git(folder: Path, paths: Collection[str]) -> frozenset[str]:
    """Those of some paths that git ignores and does not track. None outside of a checkout, or without git.

    Args:
        folder: where the paths start.
        paths: relative, also of files that are gone.
    """
    if not paths:
        return frozenset()
    try:
        # https://git-scm.com/docs/git-check-ignore: it knows .gitignore files, the checkout's own list and the user's.
        ended = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],  # noqa: S607 -- the user's own git
            cwd=folder,
            input="\0".join(paths).encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(path for path in ended.stdout.decode("utf-8", "surrogateescape").split("\0") if path)
