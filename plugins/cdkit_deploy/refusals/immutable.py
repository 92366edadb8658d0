"""Fields that the API server does not let change, and which of them a manifest would change. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cdkit.api import FieldChange, FieldRefusal, Manifest, ObjectRef
from cdkit_deploy.difference.fields import field_changes
from cdkit_deploy.difference.masking import Fingerprint, masked
from cdkit_deploy.difference.noise import without_noise
from cdkit_deploy.refusals.conflicts import shown
from cdkit_deploy.refusals.server_paths import look_up

_IMMUTABLE = re.compile(
    r"\bimmutable\b|cannot change roleRef|updates to .* are forbidden|may not change fields|"
    r"may not (?:be )?change|cannot be (?:changed|updated)",
    re.DOTALL,
)
"""How the validation of the built-in kinds, and the rules of definitions (CEL), say it."""

_EXCEPTIONS = re.compile(r"(?:other than|except) ([^\n]*)")
_EXCEPTION = re.compile(r"[`']([\w.\[\]*]+)[`']|([\w.]+)(?= for | and )")
"""`for fields other than 'replicas', 'template', and ...`, `except resources.requests for bound claims`."""

_ANY_ITEM = re.compile(r"\[[^\]]*\]")


def is_immutable(refusal: FieldRefusal) -> bool:
    """Whether the server says that a field cannot be changed in an object that exists."""
    return bool(_IMMUTABLE.search(refusal.message))


def immutable_changes(fields: Iterable[FieldRefusal], live: Manifest, wanted: Manifest) -> list[FieldChange]:
    """The fields that cannot be changed and that a manifest changes, without the values of secrets.

    Where the server names a whole `spec`, only those fields of it are given that the manifest changes and that the
    server does not call changeable.

    Args:
        fields: the causes of the server's Status.
        live: the object as it is.
        wanted: what was to be applied.
    """
    fingerprint = Fingerprint()
    before, after = (masked(without_noise(item), fingerprint) for item in (live, wanted))
    found = [change for refusal in fields if is_immutable(refusal) for change in _changes(refusal, before, after)]
    return list({change.path: change for change in found}.values())


def immutable_message(ref: ObjectRef, changes: Sequence[FieldChange]) -> str:
    """A sentence that names the fields, with what they are and what they were to become."""
    told = "; ".join(
        f"{change.path} is {shown(change.before)} and would be {shown(change.after)}" for change in changes
    )
    return f"{ref} has fields that cannot be changed once it exists: {told}."


def _changes(refusal: FieldRefusal, live: Manifest, wanted: Manifest) -> Iterator[FieldChange]:
    before, after = look_up(live, refusal.field), look_up(wanted, refusal.field)
    changeable = _changeable(refusal.message)
    found = [
        change
        for change in field_changes(before.value, _overlaid(before.value, after.value), before.path)
        if not _is_one_of(change.path, before.path, changeable)
    ]
    yield from found or [FieldChange(before.path, before.value, after.value)]


def _changeable(message: str) -> list[str]:
    """The fields that the server calls changeable, as it writes them."""
    exceptions = _EXCEPTIONS.search(message)
    return [quoted or bare for quoted, bare in _EXCEPTION.findall(exceptions[1])] if exceptions else []


def _is_one_of(path: str, parent: str, fields: Iterable[str]) -> bool:
    """Whether a path is one of some fields or below it; they are written whole, or from the parent on."""
    there = f"{_ANY_ITEM.sub('[*]', path)}."
    return any(
        there.startswith((f"{field}.", f"{field}[", f"{parent}.{field}.", f"{parent}.{field}[")) for field in fields
    )


def _overlaid(before: object, after: object) -> object:
    """What a value becomes when a manifest is applied over it: what the manifest leaves out stays."""
    if after is msgspec.UNSET:
        return before
    if isinstance(before, dict) and isinstance(after, dict):
        return before | {name: _overlaid(before.get(name), value) for name, value in after.items()}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [_overlaid(old, new) for old, new in zip(before, after, strict=True)]
    return after
