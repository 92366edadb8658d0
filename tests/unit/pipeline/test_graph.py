"""The order of steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.pipeline.graph import DependencyCycle, order


def test_without_needs_the_order_is_that_of_the_file() -> None:
    assert order({"c": [], "a": [], "b": []}) == ["c", "a", "b"]


def test_a_step_stands_behind_all_that_it_needs_and_the_rest_keeps_its_place() -> None:
    assert order({"release": ["test", "push"], "lint": [], "push": ["build"], "build": [], "test": ["push"]}) == [
        "build",
        "push",
        "test",
        "release",
        "lint",
    ]


def test_a_chain_of_thousands_is_ordered() -> None:
    names = [str(number) for number in range(5000)]
    assert order({name: names[index + 1 : index + 2] for index, name in enumerate(names)}) == names[::-1]


@pytest.mark.parametrize(
    ("needs", "cycle"),
    [
        ({"a": ["a"]}, "a -> a"),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, "a -> b -> c -> a"),
        ({"x": [], "a": ["x", "b"], "b": ["a"]}, "a -> b -> a"),
    ],
)
def test_a_cycle_is_named_in_the_direction_of_needs(needs: dict[str, list[str]], cycle: str) -> None:
    with pytest.raises(DependencyCycle) as caught:
        order(needs)
    names = list(caught.value.names)
    assert names[0] == names[-1]
    assert all(second in needs[first] for first, second in zip(names, names[1:], strict=False))
    assert set(names) == set(cycle.split(" -> "))


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Steps that depend only on steps behind them in the file, so that there is no cycle."""
    count = draw(st.integers(1, 12))
    names = [f"s{number}" for number in draw(st.permutations(range(count)))]
    graph: dict[str, tuple[str, ...]] = {names[-1]: ()}
    for index, name in enumerate(names[:-1]):
        behind = st.sampled_from(names[index + 1 :])
        graph[name] = tuple(draw(st.lists(behind, unique=True, max_size=4)))
    return graph


@given(graphs())
def test_planning_is_deterministic_and_puts_each_step_behind_what_it_needs(graph: dict[str, tuple[str, ...]]) -> None:
    first = order(graph)
    assert first == order({name: tuple(needs) for name, needs in graph.items()})
    assert sorted(first) == sorted(graph)
    for name, needs in graph.items():
        assert all(first.index(need) < first.index(name) for need in needs)
