"""Fields that other field managers have set to something else than we want, one by one. Pure.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from cdkit.api import FieldRefusal, Manifest
from cdkit_deploy.difference.masking import Fingerprint, masked
from cdkit_deploy.managed_fields import MANAGER
from cdkit_deploy.refusals.server_paths import look_up

CONFLICT = "FieldManagerConflict"
LONGEST_VALUE = 80
"""Characters of a value that are shown."""

_MANAGER = re.compile(r'conflict with "((?:[^"\\]|\\.)*)"')

_ADVICE = {
    "kube-controller-manager": "It is a controller of the cluster; an autoscaler, say: leave the field out.",
    "before-first-apply": "Nobody knows who it was: it was set before anybody used server-side apply.",
    "kubectl-client-side-apply": "Somebody applied it with kubectl.",
    "kubectl-edit": "Somebody changed it by hand, with `kubectl edit`.",
    "kubectl-scale": "Somebody scaled it by hand, with `kubectl scale`.",
    "kubectl-set": "Somebody changed it by hand, with `kubectl set`.",
    "helm": "Helm deploys the object too.",
}
"""What is known of some managers by their names."""


class FieldConflict(msgspec.Struct, frozen=True):
    """One field that somebody else owns and that we want to have another value.

    Attributes:
        path: which field.
        manager: the field manager that set it.
        theirs: its value now; unset where it is not there any more.
        ours: the value that we want.
    """

    path: str
    manager: str
    theirs: Any = msgspec.UNSET
    ours: Any = msgspec.UNSET


def conflicts_of(fields: Iterable[FieldRefusal], live: Manifest, wanted: Manifest) -> list[FieldConflict]:
    """The conflicts that a refused apply tells of, each once, without the values of secrets.

    Args:
        fields: the causes of the server's Status.
        live: the object as it is.
        wanted: what was to be applied.
    """
    fingerprint = Fingerprint()
    shown_live, shown_wanted = masked(live, fingerprint), masked(wanted, fingerprint)
    conflicts: dict[tuple[str, str], FieldConflict] = {}
    for refusal in fields:
        match = _MANAGER.search(refusal.message)
        if refusal.reason != CONFLICT or match is None:
            continue
        ours, theirs = look_up(shown_wanted, refusal.field), look_up(shown_live, refusal.field)
        path = ours.path if ours.value is not msgspec.UNSET else theirs.path
        conflicts[path, match[1]] = FieldConflict(path, match[1], theirs.value, ours.value)
    return list(conflicts.values())


def of_others(conflicts: Iterable[FieldConflict]) -> list[FieldConflict]:
    """The conflicts with somebody else. What cdkit itself changed by a patch (`set-image`) has another entry too."""
    return [conflict for conflict in conflicts if conflict.manager != MANAGER]


def conflict_lines(conflicts: Sequence[FieldConflict]) -> Iterator[str]:
    """A line for each field: whose it is, his value, ours, and what is known of him."""
    for conflict in conflicts:
        known = _ADVICE.get(conflict.manager, "")
        yield (
            f"{conflict.path} belongs to {conflict.manager!r}: it is {shown(conflict.theirs)}, "
            f"and we want {shown(conflict.ours)}.{f' {known}' if known else ''}"
        )


def shown(value: Any) -> str:
    """A value of JSON in a sentence."""
    if value is msgspec.UNSET:
        return "not there"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
