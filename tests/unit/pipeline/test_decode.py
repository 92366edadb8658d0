"""Nodes become typed values; every problem at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from cdkit.models.duration import Duration
from cdkit.models.problem import Fault, Problem, SelfChecking
from cdkit.pipeline.decode import decode, salvage
from cdkit.pipeline.document import parse_document
from cdkit.pipeline.type_words import type_name


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    port: Annotated[int, Meta(ge=1, le=65535)]
    host: str = "localhost"


class Options(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    text: str = ""
    count: Annotated[int, Meta(ge=1)] = 1
    ratio: Annotated[float, Meta(le=1.0)] = 0.5
    flag: bool = False
    color: Literal["red", "green"] = "red"
    names: list[str] = []
    env: dict[str, str] = {}
    wait: Duration = Duration(1)
    surge: int | str = 1
    command: str | list[str] = ""
    maybe: int | None = None
    inner: Inner | None = None
    inners: list[Inner] = []
    max_age: int = 0
    anything: Any = None


def read(text: str) -> Any:
    problems: list[Problem] = []
    options = decode(parse_document(text, "f"), Options, problems)
    assert problems == []
    return options


def problems(text: str, wanted: type[msgspec.Struct] = Options) -> list[str]:
    found: list[Problem] = []
    assert decode(parse_document(text, "f"), wanted, found) is None
    return [str(problem) for problem in found]


@pytest.mark.parametrize("written", ["1.50", "no", "0777", "1_000", "2024-01-02", "22:22", "0x1F"])
def test_where_text_is_wanted_a_value_stays_as_it_was_written(written: str) -> None:
    options = read(f"text: {written}\nnames: [{written}]\nenv: {{A: {written}}}\ncommand: {written}\n")
    assert (options.text, options.names, options.env, options.command) == (written, [written], {"A": written}, written)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("count: 3", "count", 3),
        ("ratio: 1", "ratio", 1.0),
        ("flag: yes", "flag", True),
        ("color: green", "color", "green"),
        ("names: [a, 1.0, yes]", "names", ["a", "1.0", "yes"]),
        ("env: {A: 1.50, B: ''}", "env", {"A": "1.50", "B": ""}),
        ("wait: 90", "wait", 90.0),
        ("wait: 1h30m", "wait", 5400.0),
        ("wait: 250ms", "wait", 0.25),
        ("surge: 3", "surge", 3),
        ("surge: 25%", "surge", "25%"),
        ("surge: yes", "surge", "yes"),
        ("surge: 1.50", "surge", "1.50"),
        ("command: make all", "command", "make all"),
        ("command: [make, all]", "command", ["make", "all"]),
        ("command: true", "command", "true"),
        ("maybe: 3", "maybe", 3),
        ("maybe:", "maybe", None),
        ("count:", "count", 1),
        ("inner: {port: 80}", "inner", Inner(port=80)),
        ("inners: [{port: 80, host: a}]", "inners", [Inner(port=80, host="a")]),
        ("max-age: 7", "max_age", 7),
        ("anything: {a: [1, x]}", "anything", {"a": [1, "x"]}),
    ],
)
def test_a_value_becomes_what_its_field_wants(text: str, name: str, value: object) -> None:
    found = getattr(read(text), name)
    assert found == value
    assert type(found) is type(value) or isinstance(found, float)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count: many", "f:1:8: 'count' must be a whole number; here stands text ('many')."),
        ("count: 0", "f:1:8: 'count': must be a whole number >= 1."),
        ("count: 1.5", "f:1:8: 'count' must be a whole number; here stands a number ('1.5')."),
        ("count: yes", "f:1:8: 'count' must be a whole number; here stands a boolean ('yes')."),
        ("ratio: 3", "f:1:8: 'ratio': must be a number <= 1.0."),
        ("flag: 1", "f:1:7: 'flag' must be true or false; here stands a number ('1')."),
        ("color: gren", "f:1:8: 'color' cannot be 'gren'. Did you mean 'green'?"),
        ("names: a", "f:1:8: 'names' must be a list of text; here stands text ('a')."),
        ("names: [a, [b]]", "f:1:12: 'names[1]' must be text; here stands a list."),
        ("env: [a]", "f:1:6: 'env' must be a mapping; here stands a list."),
        ("env: {A: {B: c}}", "f:1:10: 'env.A' must be text; here stands a mapping."),
        ("wait: soon", "f:1:7: 'wait': 'soon' is not a duration; write it like 90s, 5m or 1h30m."),
        ("wait: -5", "f:1:7: 'wait': '-5' is not a duration; write it like 90s, 5m or 1h30m."),
        ("wait: 900d", "f:1:7: 'wait': '900d' is longer than a year."),
        ("wait: [5]", "f:1:7: 'wait' must be a duration such as 90s or 5m; here stands a list."),
        ("command: {a: b}", "f:1:10: 'command' must be text or a list of text; here stands a mapping."),
        ("maybe: x", "f:1:8: 'maybe' must be a whole number; here stands text ('x')."),
        ("env: {A: }", "f:1:10: 'env.A' must be text; here stands empty."),
        ("inner: 5", "f:1:8: 'inner' must be a mapping; here stands a number ('5')."),
        ("inners: [5]", "f:1:10: Here stands a number; a mapping is wanted."),
        ("inner: {port: 0}", "f:1:15: 'port': must be a whole number >= 1."),
        ("inner: {host: a}", "f:1:8: 'port' is missing."),
        ("cuont: 3", "f:1:1: 'cuont' is not known here. Did you mean 'count'?"),
        ("max_age: 3", "f:1:1: 'max_age' is not known here. Did you mean 'max-age'?"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_with_its_place(text: str, expected: str) -> None:
    assert problems(text) == [expected]


def test_all_problems_are_found_at_once_in_the_order_of_the_fields() -> None:
    text = "zzz: 1\ncount: x\nnames: [a, {b: c}]\ninner: {prt: 1}\nyyy: 2\n"
    places = [problem.split(" ")[0] for problem in problems(text)]
    assert sorted(places) == ["f:1:1:", "f:2:8:", "f:3:12:", "f:4:8:", "f:4:9:", "f:5:1:"]


def test_what_is_missing_is_named() -> None:
    assert problems("{}", Inner) == ["f:1:1: 'port' is missing."]


def test_salvage_keeps_what_is_right_and_empties_what_is_not() -> None:
    class Whole(msgspec.Struct, frozen=True, kw_only=True):
        name: str
        inners: dict[str, Inner]
        wait: Duration = Duration(5)

    text = "inners: {a: {port: 80}, b: {port: x, host: h}, c: 5}\nwait: soon\nother: 1\n"
    assert salvage(parse_document(text, "f"), Whole) == Whole(
        name="",
        inners={"a": Inner(port=80), "b": Inner(port=0, host="h"), "c": Inner(port=0)},
        wait=Duration(5),
    )


def test_types_have_names_for_people() -> None:
    assert type_name(Annotated[list[str] | None, Meta()]) == "a list of text"
    assert type_name(Literal["a", "b"]) == "a or b"
    assert type_name(dict[str, str]) == "a mapping"


def test_a_pattern_is_told_by_its_title_when_it_has_one() -> None:
    class Named(msgspec.Struct, frozen=True):
        name: Annotated[str, Meta(pattern="^[a-z]+$", title="a word of small letters"), Meta(description="It.")] = ""
        code: Annotated[str, Meta(pattern="^[0-9]+$")] = ""

    assert problems("name: A b\ncode: x", Named) == [
        "f:1:7: 'name': must be a word of small letters.",
        "f:2:7: 'code': must be text matching regex '^[0-9]+$'.",
    ]


class Range(SelfChecking, frozen=True, kw_only=True):
    least: int = 0
    most: int = 0
    names: dict[str, str] = {}

    def faults(self) -> Iterable[Fault]:
        if self.least > self.most:
            yield Fault(("least",), f"{self.least} is more than {self.most}.", "Exchange them.")
        yield from (Fault(("names", name), f"{name!r} has no value.") for name in self.names if not self.names[name])


class Ranges(SelfChecking, frozen=True, kw_only=True):
    ranges: list[Range] = []

    def faults(self) -> Iterable[Fault]:
        if len(self.ranges) > 1:
            yield Fault(("ranges", 1), "One range is enough.")


def test_what_values_say_of_themselves_gets_its_place_and_is_told_at_once() -> None:
    text = "ranges:\n- {least: 3, most: 2}\n- names:\n    a: x\n    b: ''\n"
    problems: list[Problem] = []
    assert decode(parse_document(text, "file"), Ranges, problems) is None
    assert [str(problem) for problem in problems] == [
        "file:2:4: 3 is more than 2. Exchange them.",
        "file:5:5: 'b' has no value.",
        "file:3:3: One range is enough.",
    ]


def test_what_is_not_known_yet_has_no_fault() -> None:
    problems: list[Problem] = []
    node = parse_document("names: {b: x}", "file")
    pending = msgspec.structs.replace(node.value["names"].value["b"], value="", pending=True)
    node.value["names"].value["b"] = pending
    assert decode(node, Range, problems) is not None
    assert problems == []
