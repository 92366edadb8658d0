"""The dialects of JUnit XML, each by a file as the tool writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import TestCase
from cdkit_pods.results import read_reports

DIALECTS = Path(__file__).parent / "dialects"
CHECKOUT = (
    "tests/test_shop.py",
    "test/cart.test.js",
    "cart.test.js",
    "src/test/java/com/shop/CartTest.java",
    "cart/cart_test.go",
    "bank/bank.go",
    "tests/CartTest.php",
    "Shop.Tests/CartTests.cs",
    "cart_test.cc",
)
EXPECTED: dict[str, list[str]] = {
    "pytest": [
        "passed tests.test_shop::test_passes",
        "failed tests.test_shop::test_fails at tests/test_shop.py:6: assert 1 == 2",
        (
            'broken tests.test_shop::test_broken at tests/test_shop.py:8: failed on setup with "RuntimeError: no'
            ' database#x1B[31m"'
        ),
        "skipped tests.test_shop::test_skipped: later",
        "skipped tests.test_shop::test_x: pytest.xfail",
        "passed tests.test_shop.TestCart::test_param[1]",
        r"failed tests.test_shop.TestCart::test_param[a\x1b[0m<&>] at tests/test_shop.py:18: AssertionError: two",
    ],
    "surefire": [
        "passed com.shop.CartTest::adds",
        (
            "failed com.shop.CartTest::removes at src/test/java/com/shop/CartTest.java:42: expected: <1> but was: <2>"
            " (failed, failed)"
        ),
        (
            "flaky com.shop.CartTest::empties at src/test/java/com/shop/CartTest.java:58: Expected: <false>"
            " (failed, broken, passed)"
        ),
        (
            "broken com.shop.CartTest::pays at src/test/java/com/shop/CartTest.java:70: java.net.ConnectException:"
            " Connection refused"
        ),
        "skipped com.shop.CartTest::later: not yet",
    ],
    "gradle": [
        "passed com.shop.CartTest::adds()",
        (
            "failed com.shop.CartTest::removes(int)[1] at src/test/java/com/shop/CartTest.java:42:"
            " org.opentest4j.AssertionFailedError: expected: <1> but was: <2>"
        ),
    ],
    "jest": [
        "passed cart adds",
        "failed cart removes at test/cart.test.js:7: Error: expect(received).toBe(expected) // Object.is equality",
        "skipped cart later at test/cart.test.js:0",
    ],
    "mocha": [
        "passed adds::Cart adds",
        "failed removes::Cart removes at test/cart.test.js:9: expected 1 to equal 2",
    ],
    "node": [
        "passed test::adds",
        "failed test::fails <&> at cart.test.js:2: Expected values to be strictly equal:1 !== 2",
        "skipped test::later: skipped",
        "skipped test::todo: todo",
    ],
    "gotestsum": [
        "passed github.com/shop/cart::TestAdd",
        "failed github.com/shop/cart::TestRemove/one at cart/cart_test.go:42: cart_test.go:42: got 1, want 2",
        "flaky github.com/shop/cart::TestFlaky at cart/cart_test.go:50: cart_test.go:50: not yet (failed, passed)",
        "skipped github.com/shop/cart::TestLater: cart_test.go:60: later",
    ],
    "go-junit-report": [
        "failed github.com/shop/cart::TestRemove at cart/cart_test.go:42: cart_test.go:42: got 1, want 2",
        "broken github.com/shop/bank::[build failed] at bank/bank.go:3: Build error",
    ],
    "phpunit": [
        "passed Shop.CartTest::testAdds",
        (
            "failed Shop.CartTest::testRemoves with data set #0 at tests/CartTest.php:23: Failed asserting that 1"
            " matches expected 2."
        ),
        "passed default::page.phpt",
    ],
    "nunit-converted": [
        "passed Shop.Tests.CartTests::Adds",
        'failed Shop.Tests.CartTests::Removes(1,"a") at Shop.Tests/CartTests.cs:42: Expected: 2',
        "skipped Shop.Tests.CartTests::Later: later",
    ],
    "ctest": [
        "passed passes",
        "failed fails at cart_test.cc:12: cart_test.cc:12: wrong",
        "skipped missing: Unable to find executable",
        "failed late",
        "skipped off",
    ],
    "googletest": [
        "passed Cart::Adds",
        "failed Cart::Removes at cart_test.cc:12: /src/cart_test.cc:12",
        "skipped Cart::DISABLED_Later",
    ],
    "suite-error": ["broken Cart: cannot be set up"],
}


def told(case: TestCase) -> str:
    place = f" at {case.file}:{case.line}" if case.file else ""
    message = f": {case.message}" if case.message else ""
    attempts = f" ({', '.join(case.attempts)})" if case.attempts else ""
    return f"{case.outcome} {case.title}{place}{message}{attempts}"


def read(checkout: Path, dialect: str) -> list[TestCase]:
    for name in CHECKOUT:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    found = read_reports(DIALECTS, [f"{dialect}.xml"], workspace=checkout)
    assert not found.broken
    assert not found.others
    return list(found.cases)


@pytest.mark.parametrize("dialect", EXPECTED)
def test_what_a_tool_wrote_is_understood(dialect: str, tmp_path: Path) -> None:
    assert [told(case) for case in read(tmp_path, dialect)] == EXPECTED[dialect]


def test_every_file_is_expected() -> None:
    assert {file.stem for file in DIALECTS.glob("*.xml")} == {*EXPECTED, "pytest-xunit1"}


def test_the_older_dialect_of_pytest_is_the_same_but_for_the_places_that_it_gives(tmp_path: Path) -> None:
    newer, older = read(tmp_path, "pytest"), read(tmp_path, "pytest-xunit1")
    assert [told(case) for case in older if case.outcome != "skipped"] == [
        told(case) for case in newer if case.outcome != "skipped"
    ]
    assert [f"{case.file}:{case.line}" for case in older if case.outcome == "skipped"] == [
        "tests/test_shop.py:10",
        "tests/test_shop.py:12",
    ]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("1,234.5", 1234.5), ("1,234", 1234.0), ("0,25", 0.25), ("0.", 0.0), ("nan", 0.0), ("-1", 0.0), ("x", 0.0)],
)
def test_seconds_are_read_as_countries_write_them(written: str, seconds: float, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(f'<testsuite><testcase name="a" time="{written}"/></testsuite>')
    (case,) = read_reports(tmp_path, ["*.xml"], workspace=tmp_path).cases
    assert case.seconds == seconds
