"""All checks, in the order in which they are shown."""

from __future__ import annotations

from cdkit.doctor.checks import cluster, engine, git, interpreter, logins, plugins
from cdkit.doctor.examine import Check

CHECKS: dict[str, Check] = {
    "python": interpreter.check,
    "plugins": plugins.check,
    "git": git.check,
    "engine": engine.check,
    "logins": logins.check,
    "cluster": cluster.check,
}
