"""What the log of a crashed container adds to a cause. Whoever follows the rollout fetches it; see `Cause.log`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from cdkit.diagnosis.verdict import Cause, NeverRan
from cdkit.diagnosis.wording import plain

CRASHES = frozenset({"crash-loop", "command-failed", "init-container-failing", "job-backoff-limit"})


class _LastWords(NamedTuple):
    """A line that the runtime leaves in the log of a program that it could not execute."""

    pattern: re.Pattern[str]
    meaning: NeverRan


_LAST_WORDS = (
    _LastWords(
        re.compile(r"\bexec\b.*: exec format error$", re.IGNORECASE),
        NeverRan(
            "wrong-architecture",
            "is not made for the architecture of the node",
            "Build the image for the node's architecture; a script needs a first line (#!) too.",
        ),
    ),
    _LastWords(
        re.compile(r"(?:^exec \S+|exec user process caused:?.*): no such file or directory$", re.IGNORECASE),
        NeverRan(
            "command-not-found",
            "does not exist in its image, or needs an interpreter or library that the image does not have",
            "Add the program to the image; a script's first line (#!) must name an interpreter that the image has.",
        ),
    ),
    _LastWords(
        re.compile(r"(?:^exec \S+|exec user process caused:?.*): permission denied$", re.IGNORECASE),
        NeverRan(
            "command-not-executable",
            "is not executable",
            "Set the file's executable bit in the image (`COPY --chmod=755`, `chmod +x`).",
        ),
    ),
)


def with_log(cause: Cause, lines: Sequence[str]) -> Cause:
    """The cause with the last lines of the container's log as further evidence.

    Some runtimes start a program that they cannot execute and let it fail: only the log's last line says so.
    """
    shown = (f"log of container {cause.container}: {plain(line).rstrip()}" for line in lines if line.strip())
    cause = msgspec.structs.replace(cause, evidence=(*cause.evidence, *shown))
    told_by_runtime = never_ran(lines) if cause.id in CRASHES else None
    if told_by_runtime is None:
        return cause
    return msgspec.structs.replace(
        cause,
        id=told_by_runtime.cause_id,
        sentence=f"Pod {cause.pod} cannot start: the command of container {cause.container} {told_by_runtime.why}.",
        remedy=told_by_runtime.remedy,
    )


def never_ran(lines: Sequence[str]) -> NeverRan | None:
    """Why the runtime could not execute the program whose log ends with these lines; None where it does not say so."""
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return next((words.meaning for words in _LAST_WORDS if words.pattern.search(last)), None)
