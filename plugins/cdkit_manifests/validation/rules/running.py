"""What runs, when, and as whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import ImageReference
from cdkit_manifests.validation.examined import Examined, Wrong, field_of

_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY = re.compile(r"@every (\d+(\.\d+)?(h|m|s|ms|us|ns))+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PARTS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_JOBS = frozenset({"Job", "CronJob"})
_ENDING = frozenset({"OnFailure", "Never"})


def containers(examined: Examined) -> Iterator[Wrong]:
    """There is something to run."""
    for pod in examined.pods:
        if not pod.spec.get("containers"):
            yield pod.field("containers"), "is empty"
        for container in pod.containers:
            if not container.value.get("image"):
                yield container.field("image"), "is missing"


def pinned_images(examined: Examined) -> Iterator[Wrong]:
    """In a release every image has a digest, or a tag that says a version."""
    for pod in examined.pods if examined.release else ():
        for container in pod.containers:
            reference = ImageReference.parse(str(container.value.get("image", "")))
            if reference.repository and not reference.digest and reference.tag in {"", "latest"}:
                yield container.field("image"), f"is {str(reference)!r}, which may be another one at every start"


def schedules(examined: Examined) -> Iterator[Wrong]:
    """The schedule of a CronJob can be read.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
    """
    for item in examined.of_kind("CronJob"):
        wrong = _wrong_schedule(item["spec"]["schedule"])
        if wrong:
            yield field_of(item, "spec", "schedule"), f"is {item['spec']['schedule']!r}: {wrong}"


def restarts(examined: Examined) -> Iterator[Wrong]:
    """A Job's pods may end; all others are started again."""
    for pod in examined.pods:
        policy, kind = pod.spec.get("restartPolicy", "Always"), pod.item["kind"]
        if kind in _JOBS and policy not in _ENDING:
            yield pod.field("restartPolicy"), f"is {policy}; for a {kind} it is OnFailure or Never"
        elif kind not in {*_JOBS, "Pod"} and policy != "Always":
            yield pod.field("restartPolicy"), f"is {policy}; for a {kind} it is Always"


def users(examined: Examined) -> Iterator[Wrong]:
    """What must not run as root does not say that it runs as root."""
    for pod in examined.pods:
        common = pod.spec.get("securityContext") or {}
        for container in pod.containers:
            context = {**common, **(container.value.get("securityContext") or {})}
            if context.get("runAsNonRoot") and context.get("runAsUser") == 0:
                yield (
                    container.field("securityContext", "runAsUser"),
                    "is 0, which is root, and `runAsNonRoot` forbids that",
                )


def _wrong_schedule(text: str) -> str:
    """What is wrong with a schedule; empty where nothing is."""
    if text in _MACROS or _EVERY.fullmatch(text):
        return ""
    parts = text.split()
    if len(parts) != len(_PARTS):
        return f"it needs {len(_PARTS)} parts, and has {len(parts)}"
    for part, (name, lowest, highest, words) in zip(parts, _PARTS, strict=True):
        if not all(_fits(span, lowest, highest, words) for span in part.split(",")):
            return f"{part!r} is no {name}"
    return ""


def _fits(span: str, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    """Whether a part of a schedule is right: `*`, `5`, `mon-fri`, `*/15`, `10-30/5`."""
    values, _, step = span.partition("/")
    if "/" in span and (not step.isdecimal() or int(step) == 0):
        return False
    if values in {"*", "?"}:
        return True
    ends = [_number(end, lowest, words) for end in values.split("-")]
    return len(ends) in {1, 2} and all(lowest <= end <= highest for end in ends) and ends == sorted(ends)


def _number(text: str, lowest: int, words: tuple[str, ...]) -> int:
    """A number, or a word for one; -1 for what is neither."""
    if text.lower() in words:
        return words.index(text.lower()) + lowest
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else -1  # noqa: PLR2004 -- two digits
