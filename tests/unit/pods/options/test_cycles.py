"""Cycles of needs: each is found, is one, and is told once."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit_pods.options.cycles import cycles

NAMES = st.sampled_from("abcdef")
NEEDS = st.dictionaries(NAMES, st.lists(NAMES, unique=True, max_size=4), max_size=6)


def is_sortable(needs: dict[str, list[str]]) -> bool:
    known = {name: [need for need in wanted if need in needs] for name, wanted in needs.items()}
    try:
        TopologicalSorter(known).prepare()
    except CycleError:
        return False
    return True


@given(NEEDS)
@settings(max_examples=200, deadline=None)
def test_cycles_are_found_where_there_are_any_and_are_what_they_say(needs: dict[str, list[str]]) -> None:
    found = list(cycles(needs))
    assert bool(found) is not is_sortable(needs)
    for cycle in found:
        assert cycle[0] == cycle[-1]
        assert all(after in needs[before] for before, after in zip(cycle, cycle[1:], strict=False))
    assert len(set(found)) == len(found)


@given(NEEDS)
@settings(max_examples=200, deadline=None)
def test_what_is_left_without_the_last_need_of_each_cycle_has_an_order(needs: dict[str, list[str]]) -> None:
    cut = {(cycle[-2], cycle[-1]) for cycle in cycles(needs)}
    left = {name: [need for need in wanted if (name, need) not in cut] for name, wanted in needs.items()}
    assert is_sortable(left)
