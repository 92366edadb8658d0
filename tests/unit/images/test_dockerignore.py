""".dockerignore is read as Docker reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit_images.dockerignore import parse_dockerignore, read_rules


@pytest.mark.parametrize(
    ("rules", "left_out", "left_in"),
    [
        ("*.pyc", ["a.pyc"], ["a/b.pyc", "a.py"]),
        ("**/*.pyc", ["a.pyc", "a/b.pyc", "a/b/c.pyc"], ["a.py"]),
        ("a", ["a", "a/b", "a/b/c"], ["b/a", "ab"]),
        ("/a/", ["a", "a/b"], ["b/a"]),
        ("./a/../b", ["b"], ["a"]),
        ("a/*", ["a/b", "a/b/c"], ["a"]),
        ("*/b", ["a/b", "a/b/c"], ["b", "a/c/b"]),
        ("a?c", ["abc"], ["ac", "a/c", "abbc"]),
        ("[ab]c", ["ac", "bc"], ["cc"]),
        ("[^ab]c", ["cc"], ["ac"]),
        ("[a-c]x", ["bx"], ["dx"]),
        ("a/**", ["a/b", "a/b/c"], ["a"]),
        ("a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["a", "c"]),
        ("**", ["a", "a/b"], []),
        ("**/a", ["a", "b/a", "b/a/c"], ["ba"]),
        ("**/a/**", ["a/b", "b/a/c"], ["a"]),
        ("# a\n #b", ["#b"], ["a", "# a"]),
        ("  a  \n\n\t\n", ["a"], ["b"]),
        ("\ufeffa", ["a"], []),
        ("a\r\nb\r\n", ["a", "b"], []),
        ("*\n!b", ["a"], ["b", "b/c"]),
        ("a\n!a/b\n", ["a", "a/c"], ["a/b", "a/b/c"]),
        ("!a\na", ["a"], []),
        ("*\n! b", ["a"], ["b"]),
        ("*.md\n!README*.md\nREADME-secret.md", ["a.md", "README-secret.md"], ["README.md"]),
        ("a\n!**/keep", ["a/b"], ["a/keep", "a/b/keep"]),
        (r"\*", ["*"], ["a"]),
        ("a.b", ["a.b"], ["aXb"]),
        ("a+(b)|{c}$^", ["a+(b)|{c}$^"], ["a"]),
        (".", [], ["a", "."][:1]),
        ("", [], ["a"]),
    ],
)
def test_what_a_file_leaves_out(rules: str, left_out: list[str], left_in: list[str]) -> None:
    parsed = parse_dockerignore(rules)
    assert [path for path in left_out if not parsed.ignores(path)] == []
    assert [path for path in left_in if parsed.ignores(path)] == []


@pytest.mark.parametrize("pattern", ["[a", "a[", "!", "[]a", "a\\", "!["])
def test_a_line_that_is_no_pattern_is_named(pattern: str) -> None:
    with pytest.raises(InvalidInput, match=r"\.dockerignore:2: ") as wrong:
        parse_dockerignore(f"good\n{pattern}\n")
    assert wrong.value.problems[0].position is not None


def test_the_file_beside_the_dockerfile_wins(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("a\n")
    assert read_rules(tmp_path, tmp_path / "Dockerfile").ignores("a")
    (tmp_path / "Dockerfile.dockerignore").write_text("b\n")
    rules = read_rules(tmp_path, tmp_path / "Dockerfile")
    assert rules.ignores("b")
    assert not rules.ignores("a")


def test_without_a_file_nothing_is_left_out(tmp_path: Path) -> None:
    assert not read_rules(tmp_path, tmp_path / "Dockerfile").ignores("a")


@pytest.mark.parametrize("text", [None, "", "a\n!.cdkit\n", "!**"])
def test_what_cdkit_itself_writes_is_always_left_out(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / ".dockerignore").write_text(text)
    rules = read_rules(tmp_path, tmp_path / "Dockerfile")
    assert rules.ignores(".cdkit/runs/1/events.jsonl")
    assert rules.ignores("examples/.cdkit")
    assert parse_dockerignore(rules.text) == rules


PART = st.sampled_from(["a", "b", "ab", "a.b"])
PATH = st.lists(PART, min_size=1, max_size=4).map("/".join)
GLOB = st.sampled_from(["a", "b", "ab", "*", "a*", "?", "**", "[ab]", "*.b"])
LINE = st.tuples(st.sampled_from(["", "!"]), st.lists(GLOB, min_size=1, max_size=3).map("/".join)).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE, max_size=5), PATH)
def test_the_last_line_that_matches_a_path_or_a_folder_above_it_decides(lines: list[str], path: str) -> None:
    rules = parse_dockerignore("\n".join(lines))
    parts = path.split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    matching = [each for each in rules.patterns if any(each.regex.fullmatch(folder) for folder in above)]
    assert rules.ignores(path) == (bool(matching) and not matching[-1].includes)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE, max_size=5), PATH)
def test_a_folder_that_need_not_be_looked_into_holds_nothing(lines: list[str], path: str) -> None:
    rules = parse_dockerignore("\n".join(lines))
    parts = path.split("/")
    for count in range(1, len(parts)):
        folder = "/".join(parts[:count])
        if rules.ignores(folder) and not rules.below(folder).may_include:
            assert rules.ignores(path)


PARTS = st.sampled_from(["a", "b", "*", "**", "a*", "?", "[ab]", "**.x", "a.x", "\\a"])
PATTERNS = st.lists(
    st.tuples(st.sampled_from(["", "!"]), st.lists(PARTS, min_size=1, max_size=3)).map(
        lambda pattern: f"{pattern[0]}{'/'.join(pattern[1])}"
    ),
    max_size=4,
)


@given(PATTERNS, st.lists(st.sampled_from(["a", "b", "a.x"]), max_size=2))
@settings(max_examples=500, deadline=None)
def test_what_is_left_of_a_folder_is_what_is_not_ignored(patterns: list[str], folders: list[str]) -> None:
    folder = parse_dockerignore("\n".join(patterns)).below("/".join(folders))
    names = ["a", "b", "a.x", "ab", "x", "c"]
    assert folder.left(names) == [name for name in names if not folder.ignores(name)]
