"""Whether an object of a kind that cdkit does not know is ready: as its annotations say, else by common usage."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cdkit.diagnosis.conditions import Condition, conditions_of, told, words_of
from cdkit.diagnosis.json_path import BadPath, JsonPath
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import FATAL_NOW, NEVER_FATAL, Cause, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest

READY_CONDITION = "cdkit.dev/ready-condition"
"""`Ready`, `Synced=False`, or several of them with commas: the conditions that make the object ready."""

READY_JSONPATH = "cdkit.dev/ready-jsonpath"
"""`{.status.phase}=Running`: a path, and what it leads to when the object is ready; without a value, anything."""

_FAILURES = ("Stalled", "Failed")
"""Conditions that are true when a controller has given up.

https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
"""

_READINESS = ("Ready", "Available", "Established")
_ANNOTATION = re.compile(r"(?P<path>\{.*\}|[^{=]+?)(?:\s*=+\s*(?P<value>.*))?", re.DOTALL)


def diagnose_custom_resource(item: Manifest) -> Verdict:
    """Judge one look at an object of any kind.

    What the annotations `cdkit.dev/ready-condition` and `cdkit.dev/ready-jsonpath` ask for must hold. Without them the
    object is ready when its controller has seen this generation and its condition `Ready`, `Available` or
    `Established` is true; an object without such conditions is ready as it is.

    Args:
        item: the object.
    """
    failure = _failure(item)
    if failure is not None:
        return unfinished(f"{_name(item)} has failed", (failure,))
    try:
        lacks = list(_lacks(item))
    except BadPath as error:
        return unfinished(f"{_name(item)} cannot be judged", (_bad_annotation(item, str(error)),))
    if not lacks:
        return Verdict("succeeded", f"{_name(item)} is ready")
    return unfinished(f"{_name(item)} is not ready yet", tuple(lacks))


def has_own_readiness(item: Manifest) -> bool:
    """Whether the object itself says by annotation when it is ready; such an object of any kind is judged here."""
    annotations = item["metadata"].get("annotations") or {}
    return READY_CONDITION in annotations or READY_JSONPATH in annotations


def _lacks(item: Manifest) -> Iterable[Cause]:
    annotations = item["metadata"].get("annotations") or {}
    observed = (item.get("status") or {}).get("observedGeneration")
    if isinstance(observed, int) and observed < (item["metadata"].get("generation") or 0):
        yield _not_ready(item, "its controller has not looked at it yet", f"status.observedGeneration is {observed}")
    if READY_CONDITION in annotations:
        for wanted in annotations[READY_CONDITION].split(","):
            yield from _condition_lacks(item, wanted.strip())
    if READY_JSONPATH in annotations:
        yield from _path_lacks(item, annotations[READY_JSONPATH])
    if not has_own_readiness(item):
        yield from _usual_lacks(item)


def _usual_lacks(item: Manifest) -> Iterable[Cause]:
    conditions = conditions_of(item)
    known = next((conditions[kind] for kind in _READINESS if kind in conditions), None)
    if known is not None and known.get("status") != "True":
        yield _lacks_condition(item, known)


def _condition_lacks(item: Manifest, wanted: str) -> Iterable[Cause]:
    kind, _, status = wanted.partition("=")
    found = next((each for name, each in conditions_of(item).items() if name.lower() == kind.lower()), None)
    if found is None:
        yield _not_ready(item, f"it has no condition {kind} yet", f"no condition {kind}")
    elif str(found.get("status")).lower() != (status or "True").lower():
        yield _lacks_condition(item, found)


def _lacks_condition(item: Manifest, condition: Condition) -> Cause:
    words = words_of(condition)
    why = f"its condition {condition['type']} is {condition.get('status')}"
    return _not_ready(item, f"{why} ({quoted(words)})" if words else why, told(condition))


def _path_lacks(item: Manifest, annotation: str) -> Iterable[Cause]:
    found = _ANNOTATION.fullmatch(annotation.strip())
    if found is None:
        raise BadPath(f"cannot read {annotation!r}")
    path, wanted = found["path"], found["value"]
    values = [_as_text(value) for value in JsonPath(path).find(item)]
    if values and (wanted is None or set(values) == {_unquoted(wanted)}):
        return
    shown = quoted(", ".join(values)) or "nothing"
    yield _not_ready(
        item, f"{path} is {shown}" + ("" if wanted is None else f", not {_unquoted(wanted)}"), f"{path} is {shown}"
    )


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unquoted(text: str) -> str:
    return text[1:-1] if re.fullmatch(r"'.*'|\".*\"", text, re.DOTALL) else text


def _failure(item: Manifest) -> Cause | None:
    conditions = conditions_of(item)
    failed = next((conditions[kind] for kind in _FAILURES if conditions.get(kind, {}).get("status") == "True"), None)
    if failed is None:
        return None
    why = f": {quoted(words_of(failed))}" if words_of(failed) else ""
    return Cause(
        id="custom-resource-failed",
        sentence=f"The controller of {_name(item)} has given up ({failed['type']}){why}.",
        subject=_name(item),
        evidence=evidence(told(failed)),
        remedy="Correct what the message names; the log of the kind's controller says more.",
        patience=FATAL_NOW,
    )


def _not_ready(item: Manifest, why: str, proof: str) -> Cause:
    return Cause(
        id="custom-resource-not-ready",
        sentence=f"{_name(item)} is not ready: {why}.",
        subject=_name(item),
        evidence=evidence(proof),
        remedy="Look at its status and at the log of the controller of its kind.",
        patience=NEVER_FATAL,
    )


def _bad_annotation(item: Manifest, why: str) -> Cause:
    return Cause(
        id="readiness-annotation-invalid",
        sentence=f"{_name(item)} does not say when it is ready: its annotation {READY_JSONPATH} is no JSONPath: {why}.",
        subject=_name(item),
        evidence=evidence(f"{READY_JSONPATH}: {item['metadata']['annotations'][READY_JSONPATH]}"),
        remedy="Write it as kubectl does: '{.status.phase}=Running'.",
        patience=FATAL_NOW,
    )


def _name(item: Manifest) -> str:
    return f"{item['kind']} {item['metadata']['name']}"
