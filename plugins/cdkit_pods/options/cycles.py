"""Things that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycles(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Every way in which names wait for each other, from a name to itself: `("db", "api", "db")`.

    After each, it is cut open at its last need, so that each of several is told, and no cycle twice.

    Args:
        needs: what each name needs; needs that are no names are passed over.
    """
    left = {name: [need for need in wanted if need in needs] for name, wanted in needs.items()}
    while (found := _first_cycle(left)) is not None:
        yield found
        left[found[-2]].remove(found[-1])


def _first_cycle(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        steps = [iter((start,))]
        while steps:
            name = next(steps[-1], None)
            if name is None:
                steps.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                return (*path[path.index(name) :], name)
            elif name not in done:
                path.append(name)
                steps.append(iter(needs[name]))
    return None
