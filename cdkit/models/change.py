"""What a run would change, as `cdkit plan` tells it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Action = Literal["run", "build", "push", "create", "update", "replace", "write", "delete", "keep", "refused", "unknown"]


class FieldChange(msgspec.Struct, frozen=True):
    """One field that would get another value.

    Attributes:
        path: which field: `spec.template.spec.containers[name=web].image`.
        before: its value now, as JSON; unset where there is no such field.
        after: its value afterwards, as JSON; unset where the field would go.
    """

    path: str
    before: Any = msgspec.UNSET
    after: Any = msgspec.UNSET


class Change(msgspec.Struct, frozen=True):
    """One effect that running a step would have.

    Attributes:
        action: what would be done; `replace` deletes and creates anew, `keep` says that nothing would change, `refused`
            that it would fail, `unknown` that it could not be asked.
        subject: what it would be done to (`Deployment hello`, an image reference, a command).
        reason: why, or for `unknown` why it could not be known.
        details: further lines, one fact each.
        fields: the fields that would change, without the values of secrets.
    """

    action: Action
    subject: str
    reason: str = ""
    details: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
