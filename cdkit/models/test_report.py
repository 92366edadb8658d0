"""What the tests of a step have found."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["passed", "failed", "broken", "skipped", "flaky"]
"""`failed` by an assertion, `broken` by an error of the test itself; `flaky`: failed, and passed when tried again."""


class TestCase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One test. As JSON it has no fields that are as they are by default.

    Attributes:
        name: of the test itself.
        group: its class or suite: `tests.test_shop.TestCart`; may be empty.
        outcome: how it ended.
        seconds: how long it took, over all attempts.
        message: the first line of why it failed, without control characters.
        details: all that is said of it: a traceback, say. Of a flaky test it is what the attempt said that failed.
        file: where the test stands, relative to the workspace, if that is known; else empty.
        line: its line there, from 1; 0 when it is not known.
        attempts: how each attempt ended, when there was more than one: `("failed", "passed")`.
        shard: of which shard, from 0; None when there are none.
    """

    __test__ = False

    name: str
    group: str = ""
    outcome: Outcome = "passed"
    seconds: float = 0.0
    message: str = ""
    details: str = ""
    file: str = ""
    line: int = 0
    attempts: tuple[Outcome, ...] = ()
    shard: int | None = None

    @property
    def title(self) -> str:
        """`group::name`, by which a person knows it; CTest and others call the group as the test."""
        return self.name if self.group in {"", self.name} else f"{self.group}::{self.name}"

    @property
    def has_failed(self) -> bool:
        """Whether it keeps the step from succeeding."""
        return self.outcome in {"failed", "broken"}


class TestReport(msgspec.Struct, frozen=True, kw_only=True):
    """All tests of a step, merged from all that reported any.

    Attributes:
        total: how many there were.
        passed: how many passed at once.
        failed: how many failed.
        broken: how many could not be carried out.
        skipped: how many were left out.
        flaky: how many passed only when they were tried again.
        seconds: the sum of their times.
        cases: the tests themselves, those first that did not pass. Of very many the last are only counted, and of
            long details the middle is left out, so that the journal stays small; the file has all.
        file: the merged JUnit file, relative to the workspace.
    """

    __test__ = False

    total: int = 0
    passed: int = 0
    failed: int = 0
    broken: int = 0
    skipped: int = 0
    flaky: int = 0
    seconds: float = 0.0
    cases: tuple[TestCase, ...] = ()
    file: str = ""

    @property
    def failing(self) -> tuple[TestCase, ...]:
        """The tests that keep the step from succeeding, as far as `cases` has them."""
        return tuple(case for case in self.cases if case.has_failed)
