"""What of a condition is waited for at a moment. Pure; a leaf is known by its path from the root."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cdkit_pods.waiting.conditions import AllOf, AnyOf, Condition, InOrder, Leaf, LogMatch

Path = tuple[int, ...]


def leaves(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """All single things in a condition."""
    if isinstance(condition, AllOf | AnyOf | InOrder):
        for number, part in enumerate(condition.parts):
            yield from leaves(part, (*path, number))
    else:
        yield path, condition


def awaited(condition: Condition, met: Collection[Path], path: Path = ()) -> dict[Path, Leaf]:
    """The leaves that are to be looked at now; none when the condition has come.

    Args:
        condition: the condition.
        met: the leaves that have come.
        path: where the condition stands.
    """
    if not isinstance(condition, AllOf | AnyOf | InOrder):
        return {} if path in met else {path: condition}
    parts = [awaited(part, met, (*path, number)) for number, part in enumerate(condition.parts)]
    if isinstance(condition, InOrder):
        return next((part for part in parts if part), {})
    if isinstance(condition, AnyOf) and not all(parts):
        return {}
    return {place: leaf for part in parts for place, leaf in part.items()}


def can_come(condition: Condition, met: Collection[Path], hopeless: Collection[Path], path: Path = ()) -> bool:
    """Whether a condition can still come when some leaves never will."""
    if not isinstance(condition, AllOf | AnyOf | InOrder):
        return path in met or path not in hopeless
    parts = (can_come(part, met, hopeless, (*path, number)) for number, part in enumerate(condition.parts))
    return any(parts) if isinstance(condition, AnyOf) else all(parts)


def log_predecessors(condition: Condition, path: Path = ()) -> dict[Path, Path]:
    """The log patterns that follow another one in order: each is looked for in the lines after those of that one."""
    if not isinstance(condition, AllOf | AnyOf | InOrder):
        return {}
    found: dict[Path, Path] = {}
    for number, part in enumerate(condition.parts):
        found |= log_predecessors(part, (*path, number))
        before = condition.parts[number - 1] if number and isinstance(condition, InOrder) else None
        if isinstance(part, LogMatch) and isinstance(before, LogMatch):
            found[*path, number] = (*path, number - 1)
    return found
