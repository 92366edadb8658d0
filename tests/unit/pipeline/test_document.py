"""YAML with positions, and within bounds."""

from __future__ import annotations

import pytest

from cdkit.errors import InvalidInput
from cdkit.pipeline.document import parse_document, parse_documents, parse_scalar
from cdkit.pipeline.yaml_tree import LARGEST_FILE


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        parse_document(text, "f.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_every_value_and_every_key_knows_its_line_and_column() -> None:
    root = parse_document("name: hello\nsteps:\n  a:\n    needs: [b,  c]\n", "f.yaml")
    needs = root.value["steps"].value["a"].value["needs"]
    assert [str(item.position) for item in needs.value] == ["f.yaml:4:13", "f.yaml:4:17"]
    assert str(root.value["steps"].keys["a"]) == "f.yaml:3:3"
    assert str(root.value["name"].position) == "f.yaml:1:7"


def test_a_scalar_keeps_how_it_was_written_beside_its_value() -> None:
    root = parse_document("a: 1.50\nb: no\nc: 0777\nd: 2024-01-02\ne: ~\nf: '5'\n", "f.yaml")
    assert {key: (node.value, node.text) for key, node in root.value.items()} == {
        "a": (1.5, "1.50"),
        "b": (False, "no"),
        "c": (0o777, "0777"),
        "d": ("2024-01-02", "2024-01-02"),
        "e": (None, "~"),
        "f": ("5", "5"),
    }


@pytest.mark.parametrize("text", ["!!int ''", "!!float ''", "!!bool maybe", "!!int many", "0b_"])
def test_what_only_looks_like_a_value_of_its_tag_stays_text(text: str) -> None:
    assert isinstance(parse_document(f"a: {text}", "f.yaml").value["a"].value, str)


def test_every_key_that_stands_twice_is_a_problem_with_both_lines() -> None:
    assert problems("a: 1\nb: {x: 1, x: 2}\na: 3\n") == [
        "f.yaml:2:11: The key 'x' stands twice, first in line 2.",
        "f.yaml:3:1: The key 'a' stands twice, first in line 1.",
    ]


def test_a_key_that_is_no_text_is_a_problem() -> None:
    assert problems("[a]: 1\n? {b: c}\n: 2\n") == [
        "f.yaml:1:1: A key must be plain text.",
        "f.yaml:2:3: A key must be plain text.",
    ]


def test_numbers_and_truths_serve_as_the_text_of_a_key() -> None:
    assert list(parse_document("1: a\ntrue: b\n", "f.yaml").value) == ["1", "true"]


def test_anchors_give_the_same_value_again() -> None:
    root = parse_document("a: &x {k: 1}\nb: *x\n", "f.yaml")
    assert root.value["b"].plain() == {"k": 1}
    assert str(root.value["b"].position) == "f.yaml:1:4"


def test_a_merge_brings_in_keys_and_those_beside_it_win() -> None:
    text = "base: &b {x: 1, y: 1}\nother: &o {y: 2, z: 2}\nall:\n  <<: [*b, *o]\n  z: 3\n"
    assert parse_document(text, "f.yaml").value["all"].plain() == {"x": 1, "y": 1, "z": 3}


def test_a_merge_of_something_else_than_mappings_is_a_problem() -> None:
    assert problems("a:\n  <<: [1]\n") == ["f.yaml:2:8: `<<` takes a mapping or a list of mappings."]


@pytest.mark.parametrize("text", ["a: !Ref [x]", "a: !secret x", "a: !!python/object:os.system x", "!thing {}"])
def test_a_tag_that_nobody_knows_is_a_problem_and_not_ignored(text: str) -> None:
    (problem,) = problems(text)
    assert "is not known. Leave it out." in problem


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_is_refused_and_does_not_crash_the_interpreter(opening: str) -> None:
    # libyaml's composer recurses in C; this many levels ended the process.
    (problem,) = problems((opening * 100_000)[: LARGEST_FILE - 1])
    assert problem.endswith("The file is nested more than 50 levels deep.")


@pytest.mark.parametrize("text", ["a: &x [*x]", "&x {a: *x}", "&x {<<: *x}", "a: &x [*x]\nb:\n  <<: *x\n"])
def test_an_alias_of_what_holds_it_is_refused(text: str) -> None:
    assert problems(text)[0].endswith("The file is nested more than 50 levels deep.")


def test_aliases_of_aliases_are_counted_as_often_as_they_are_used() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "more than 50000 values" in problems("\n".join(lines))[0]


def test_a_file_of_two_megabytes_is_refused() -> None:
    assert problems("a: " + "x" * 2_000_000) == ["f.yaml:1:1: The file is larger than 1024 KiB."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.yaml:1:1: The file is empty."),
        ("# only a remark\n", "f.yaml:1:1: The file is empty."),
        ("a: 1\n---\nb: 2\n", "f.yaml:3:1: Here begins another document; a file holds one."),
        ("a: [1, 2\nb: 3\n", "f.yaml:2:2: The file is not YAML: did not find expected ',' or ']'."),
        ("a: *nowhere\n", "f.yaml:1:4: The file is not YAML: found undefined alias."),
        ("a: b: c\n", "f.yaml:1:5: The file is not YAML: mapping values are not allowed in this context."),
        ("\ta: 1\n", "f.yaml:1:1: The file is not YAML: found character that cannot start any token."),
    ],
)
def test_what_is_not_one_yaml_document_is_said_with_its_place(text: str, expected: str) -> None:
    assert problems(text) == [expected]


def test_all_documents_of_a_file_can_be_read_without_those_that_are_empty() -> None:
    nodes = parse_documents("a: 1\n---\n# nothing\n---\nb: 2\n...\n", "f.yaml")
    assert [(node.plain(), node.position.line) for node in nodes] == [({"a": 1}, 1), ({"b": 2}, 5)]
    assert parse_documents("# nothing\n", "f.yaml") == []


def test_a_control_character_is_said_in_one_line() -> None:
    (problem,) = problems("a: \x00\n")
    assert problem.startswith("f.yaml:1:1: The file is not YAML: unacceptable character")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert list(parse_document("\ufeffname: x\n", "f.yaml").value) == ["name"]


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("1.50", 1.5), ("true", True), ("", None), ("<<", "<<"), ("=", "="), ("a: b", "a: b")]
)
def test_a_value_of_the_command_line_is_read_like_a_plain_scalar(text: str, value: object) -> None:
    node = parse_scalar(text, "--set x")
    assert (node.value, node.text) == (value, text)
