import pytest
from visits.connections import cache, database
from visits.counter import Counter


@pytest.fixture
def counter() -> Counter:
    return Counter(cache(), database())


def test_visits_are_kept_when_they_are_flushed(counter: Counter) -> None:
    for _ in range(3):
        counter.visit("/cart")
    assert counter.total("/cart") == 0
    counter.flush()
    assert counter.total("/cart") == 3


def test_a_second_flush_adds_to_the_first(counter: Counter) -> None:
    counter.visit("/help")
    counter.flush()
    counter.visit("/help")
    counter.flush()
    assert counter.total("/help") == 2


def test_a_page_that_nobody_saw_has_no_visits(counter: Counter) -> None:
    assert counter.total("/nowhere") == 0
