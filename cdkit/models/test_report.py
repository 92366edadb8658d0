"""What the tests of a step have found."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["passed", "failed", "broken", "skipped", "flaky"]
"""`failed` by an assertion, `broken` by an error of the test itself; `flaky`: failed, and passed when tried again."""


class TestCase(msgspec.Struct, frozen=True, kw_only=True):
    """One test.

    Attributes:
        name: of the test itself.
        group: its class or suite: `tests.test_shop.TestCart`; may be empty.
        outcome: how it ended.
        seconds: how long it took.
        message: the first line of why it failed, without control characters.
        details: all that is said of it: a traceback, say.
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
        cases: those that did not simply pass; the others are only counted, so that the journal stays small.
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
