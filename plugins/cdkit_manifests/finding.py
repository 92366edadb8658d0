"""What is wrong with manifests, and where."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cdkit.api import Position, Problem, Source
from cdkit_manifests.fields import Field


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong.

    Attributes:
        rule: the id of the rule that found it.
        field: where it stands.
        what: what is wrong with the field, as the rest of a sentence that begins with it.
        remedy: what to do about it.
    """

    rule: str
    field: Field
    what: str
    remedy: str

    def problem(self, origins: Mapping[Field, Source]) -> Problem:
        """The finding for a person, with the line of the file that the value comes from, where it comes from one."""
        return Problem(f"{self.field} {self.what} ({self.rule}).", _position(self.field, origins), self.remedy)


def _position(field: Field, origins: Mapping[Field, Source]) -> Position | None:
    """What stands below a field with an origin comes from there too."""
    for length in range(len(field.path), -1, -1):
        source = origins.get(Field(field.kind, field.name, field.path[:length]))
        if source is not None:
            return Position(source.file, max(source.line, 1), 1) if source.file else None
    return None
