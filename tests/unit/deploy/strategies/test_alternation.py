"""How many pods the two controllers of a handover have, step by step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit_deploy.strategies.alternation import Bounds, Counts
from cdkit_deploy.strategies.pace import Pace


def steps(bounds: Bounds, start: Counts) -> list[Counts]:
    """All that both controllers go through, from a start on."""
    seen: list[Counts] = []
    counts = start
    while not bounds.is_done(counts):
        grown = bounds.grown(counts)
        counts = bounds.shrunk(grown)
        seen += [grown, counts]
        assert len(seen) < 500, "it never ends"
    return seen


def walked(desired: int, **pace: str) -> list[tuple[int, int]]:
    return [(counts.old, counts.new) for counts in steps(Bounds.of(desired, Pace(**pace)), Counts(desired, 0))]


def test_one_pod_more_is_what_it_takes_where_nothing_else_is_said() -> None:
    assert walked(3) == [(3, 1), (2, 1), (2, 2), (1, 2), (1, 3), (0, 3)]


def test_without_a_surge_an_old_pod_goes_first() -> None:
    assert walked(2, surge="0", unavailable="1") == [(2, 0), (1, 0), (1, 1), (0, 1), (0, 2), (0, 2)]


def test_shares_are_rounded_as_kubernetes_does_it() -> None:
    assert Bounds.of(10, Pace(surge="25%", unavailable="25%")) == Bounds(10, 13, 8)
    assert Bounds.of(2, Pace(surge="0", unavailable="25%")) == Bounds(2, 2, 1), "a share that rounds to none is one"


def test_recreating_keeps_none() -> None:
    assert Bounds.of(3, Pace(recreate=True)) == Bounds(3, 3, 0)


@pytest.mark.parametrize("none", ["0", "0%"])
def test_neither_more_nor_less_is_refused(none: str) -> None:
    with pytest.raises(InvalidInput, match="nothing could be replaced"):
        Bounds.of(3, Pace(surge=none, unavailable=none))


SHARES = st.integers(0, 30).map(str) | st.integers(0, 100).map(lambda number: f"{number}%")


@given(st.integers(0, 40), SHARES, SHARES, st.integers(0, 40), st.integers(0, 40))
def test_from_wherever_it_was_interrupted_it_ends_and_stays_within_its_bounds(
    desired: int, surge: str, unavailable: str, old: int, new: int
) -> None:
    if {surge, unavailable} <= {"0", "0%"}:
        return
    bounds = Bounds.of(desired, Pace(surge=surge, unavailable=unavailable))
    start = Counts(min(old, desired), min(new, desired))
    for counts in steps(bounds, start):
        total, first = counts.old + counts.new, start.old + start.new
        assert total <= max(bounds.most, first)
        assert total >= min(bounds.least, first)
