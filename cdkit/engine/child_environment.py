"""The environment of commands that steps start."""

from __future__ import annotations

from collections.abc import Mapping

DROPPED_FAMILIES = ("LD_", "DYLD_", "PYTHON")
"""Beginnings of variables that make a program load code from elsewhere, or that were meant for cdkit's own Python."""

DROPPED = frozenset({"BASH_ENV"})
"""A shell runs the file that this one names before it does anything else."""


def for_children(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that a command may have without being asked; a step's own `env` can name any other.

    A build server hands its environment from step to step, and an earlier one may have written into it.
    """
    return {name: value for name, value in environ.items() if not _is_dropped(name)}


def _is_dropped(name: str) -> bool:
    return name in DROPPED or name.startswith(DROPPED_FAMILIES)
