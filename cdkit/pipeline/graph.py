"""The order of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter


class DependencyCycle(Exception):
    """Steps that wait for each other; `names` begins and ends with the same one."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(" -> ".join(names))
        self.names = tuple(names)


def sorter(dependencies: Mapping[str, Sequence[str]]) -> TopologicalSorter[str]:
    """A prepared sorter that gives out steps as they become ready.

    Raises:
        DependencyCycle: some steps wait for each other.
    """
    prepared = TopologicalSorter(dependencies)
    try:
        prepared.prepare()
    except CycleError as error:
        # graphlib gives the cycle in the direction 'is needed by'; people read it as 'needs'.
        raise DependencyCycle(list(reversed(error.args[1]))) from None
    return prepared


def order(dependencies: Mapping[str, Sequence[str]]) -> list[str]:
    """The steps so that each stands behind what it depends on, and otherwise in the given order.

    Raises:
        DependencyCycle: some steps wait for each other.
    """
    sorter(dependencies)
    placed: dict[str, None] = {}

    for name in dependencies:
        stack = [name]
        while stack:
            top = stack[-1]
            waiting = [need for need in dependencies[top] if need not in placed]
            if waiting:
                stack.append(waiting[0])
            else:
                placed.setdefault(stack.pop())
    return list(placed)
