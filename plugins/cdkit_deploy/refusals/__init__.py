"""What the API server's refusals of an apply mean: fields that others own, and fields that cannot change."""

from cdkit_deploy.refusals.conflicts import FieldConflict, conflict_lines, conflicts_of, of_others
from cdkit_deploy.refusals.immutable import immutable_changes, immutable_message, is_immutable

__all__ = [
    "FieldConflict",
    "conflict_lines",
    "conflicts_of",
    "immutable_changes",
    "immutable_message",
    "is_immutable",
    "of_others",
]
