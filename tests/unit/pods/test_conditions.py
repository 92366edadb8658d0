"""What can be waited for, and what of it is waited for at a moment."""

from __future__ import annotations

import pytest

from cdkit.models.duration import Duration
from cdkit_pods.options.wait import HttpWait, Wait
from cdkit_pods.waiting.conditions import (
    After,
    AllOf,
    AnyOf,
    Condition,
    Exec,
    Exited,
    Healthy,
    Http,
    InOrder,
    LogMatch,
    Running,
    Tcp,
    condition_of,
)
from cdkit_pods.waiting.tree import awaited, can_come, log_predecessors

A, B, C = LogMatch("a"), LogMatch("b"), Tcp(1)


@pytest.mark.parametrize(
    ("option", "condition", "told"),
    [
        (Wait(tcp=5432), Tcp(5432), "tcp port 5432"),
        (Wait(log="ready"), LogMatch("ready"), "a line of its log that matches 'ready'"),
        (Wait(command="pg_isready -U 'a b'"), Exec(("pg_isready", "-U", "a b")), "exec pg_isready -U 'a b'"),
        (Wait(healthy=True), Healthy(), "its health check"),
        (Wait(exited=0), Exited(0), "its end with exit code 0"),
        (Wait(after=Duration(90)), After(90.0), "a time of 1m30s"),
        (Wait(http=HttpWait(port=80)), Http(port=80), "http GET / on 80"),
        (
            Wait(http=HttpWait(port=80, path="/x", method="HEAD", status=[204, "3xx"], headers={"a": "b"})),
            Http(port=80, path="/x", method="HEAD", statuses=("204", "3xx"), headers=(("a", "b"),)),
            "http HEAD /x on 80",
        ),
    ],
)
def test_an_option_becomes_a_condition_that_can_be_told(option: Wait | None, condition: Condition, told: str) -> None:
    assert condition_of(option) == condition
    assert str(condition_of(option)) == told


def test_without_an_option_a_service_only_has_to_run() -> None:
    assert condition_of(None) == Running()


def test_options_within_options_become_conditions_within_conditions() -> None:
    tcp, after = Wait(tcp=1), Wait(after=Duration(2))
    assert condition_of(Wait(all_of=[tcp, Wait(any_of=[after, tcp])])) == AllOf((C, AnyOf((After(2.0), C))))
    assert condition_of(Wait(in_order=[tcp, after])) == InOrder((C, After(2.0)))


def test_all_are_waited_for_at_once_and_what_has_come_no_more() -> None:
    assert awaited(AllOf((A, B)), set()) == {(0,): A, (1,): B}
    assert awaited(AllOf((A, B)), {(0,)}) == {(1,): B}
    assert awaited(AllOf((A, B)), {(0,), (1,)}) == {}


def test_one_of_any_is_enough() -> None:
    assert awaited(AnyOf((A, B)), set()) == {(0,): A, (1,): B}
    assert awaited(AnyOf((A, B)), {(1,)}) == {}


def test_what_is_in_order_is_waited_for_one_after_the_other() -> None:
    ordered = InOrder((AnyOf((A, B)), C))
    assert awaited(ordered, set()) == {(0, 0): A, (0, 1): B}
    assert awaited(ordered, {(0, 1)}) == {(1,): C}
    assert awaited(ordered, {(0, 1), (1,)}) == {}


def test_equal_leaves_are_two_things_to_wait_for() -> None:
    assert awaited(InOrder((A, A)), {(0,)}) == {(1,): A}


def test_a_condition_can_come_as_long_as_what_it_needs_can() -> None:
    assert can_come(AnyOf((A, B)), set(), {(0,)})
    assert not can_come(AnyOf((A, B)), set(), {(0,), (1,)})
    assert not can_come(AllOf((A, B)), set(), {(0,)})
    assert can_come(InOrder((A, B)), {(0,)}, {(0,)})


def test_only_patterns_that_follow_each_other_directly_are_looked_for_in_order() -> None:
    assert log_predecessors(InOrder((A, B, C, A))) == {(1,): (0,)}
    assert log_predecessors(AllOf((A, InOrder((A, A, A))))) == {(1, 1): (1, 0), (1, 2): (1, 1)}
