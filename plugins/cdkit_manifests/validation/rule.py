"""What a rule of sense is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from cdkit_manifests.validation.examined import Examined, Wrong


class Rule(msgspec.Struct, frozen=True):
    """Something that holds for manifests that make sense, beyond their form.

    Attributes:
        id: its name, which never changes.
        says: what holds, as a sentence.
        remedy: what to do where it does not.
        find: gives the fields for which it does not hold.
    """

    id: str
    says: str
    remedy: str
    find: Callable[[Examined], Iterable[Wrong]]
