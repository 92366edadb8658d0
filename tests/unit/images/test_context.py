"""Which files of a context a build can see."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit_images.context import visible_entries
from cdkit_images.dockerignore import IgnoreRules, parse_dockerignore


def tree(folder: Path, *paths: str) -> Path:
    """Files that hold their own path; a path with ` -> ` is a link, one with `/` at its end an empty folder."""
    for path in paths:
        name, arrow, target = path.partition(" -> ")
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if arrow:
            place.symlink_to(target)
        elif name.endswith("/"):
            place.mkdir(exist_ok=True)
        else:
            place.write_text(name)
    return folder


def seen(folder: Path, *paths: str, rules: str = "") -> list[str]:
    return [entry.path for entry in visible_entries(folder, parse_dockerignore(rules), paths)]


def test_everything_is_seen_in_a_fixed_order(tmp_path: Path) -> None:
    tree(tmp_path, "b", "a/c", "a.txt", "a/b/d", "empty/")
    assert seen(tmp_path, ".") == ["a", "a/b", "a/b/d", "a/c", "a.txt", "b", "empty"]


@pytest.mark.parametrize("path", [".", "/", "./", "", "../.."])
def test_a_path_cannot_lead_out_of_the_context(tmp_path: Path, path: str) -> None:
    tree(tmp_path, "outside", "context/a")
    assert seen(tmp_path / "context", path) == ["a"]


def test_only_what_is_asked_for_is_seen(tmp_path: Path) -> None:
    tree(tmp_path, "src/a", "src/b/c", "other/d", "pyproject.toml")
    assert seen(tmp_path, "./src/b/", "pyproject.toml") == ["pyproject.toml", "src", "src/b", "src/b/c"]


def test_wildcards_stay_within_a_part_of_the_path(tmp_path: Path) -> None:
    tree(tmp_path, "a1/x.py", "a2/x.py", "a2/y.txt", "b/x.py", "x.py")
    assert seen(tmp_path, "a*/*.py") == ["a1", "a1/x.py", "a2", "a2/x.py"]
    assert seen(tmp_path, "[ab]2") == ["a2", "a2/x.py", "a2/y.txt"]


def test_what_is_not_there_is_left_to_the_build(tmp_path: Path) -> None:
    tree(tmp_path, "a")
    assert seen(tmp_path, "nothing", "a/b", "no*", "[") == []


def test_what_the_rules_leave_out_is_not_seen(tmp_path: Path) -> None:
    tree(tmp_path, "a/x", "a/keep", "b/x", "c")
    assert seen(tmp_path, ".", rules="a\nb\n!a/keep") == ["a", "a/keep", "c"]
    assert seen(tmp_path, "a/x", "a/keep", "b", rules="a\nb\n!*/keep") == ["a", "a/keep"]


def test_the_dockerfile_and_the_ignore_file_are_seen_unless_left_out(tmp_path: Path) -> None:
    tree(tmp_path, "Dockerfile", ".dockerignore", "a")
    assert seen(tmp_path, ".") == [".dockerignore", "Dockerfile", "a"]
    assert seen(tmp_path, ".", rules="Dockerfile\n.dockerignore") == ["a"]


def test_a_link_is_seen_as_a_link(tmp_path: Path) -> None:
    tree(tmp_path, "src/link -> ../big", "big/file")
    assert [(each.path, each.kind) for each in visible_entries(tmp_path, IgnoreRules(), ["src"])] == [
        ("src", "folder"),
        ("src/link", "link"),
    ]


def test_a_link_on_the_way_leads_to_its_target(tmp_path: Path) -> None:
    tree(tmp_path, "current -> releases/2", "releases/1/a", "releases/2/a", "releases/2/b")
    assert seen(tmp_path, "current/a") == ["current", "releases", "releases/2", "releases/2/a"]
    assert seen(tmp_path, "current") == ["current", "releases", "releases/2", "releases/2/a", "releases/2/b"]


def test_an_absolute_link_counts_from_the_context(tmp_path: Path) -> None:
    tree(tmp_path, "context/link -> /a", "context/a/x", "a/secret")
    assert seen(tmp_path / "context", "link/x") == ["a", "a/x", "link"]


def test_links_that_go_round_in_circles_end(tmp_path: Path) -> None:
    tree(tmp_path, "a -> b", "b -> a")
    assert seen(tmp_path, "a/x") == ["a", "b"]


def test_sockets_and_pipes_are_no_files(tmp_path: Path) -> None:
    tree(tmp_path, "a")
    os.mkfifo(tmp_path / "pipe")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tmp_path)
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
    assert seen(tmp_path, ".") == ["a"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "closed/a")
    (tmp_path / "closed").chmod(0)
    with pytest.raises(InvalidInput, match="closed in the build context"):
        seen(tmp_path, ".")


NAME = st.sampled_from(["a", "b", "c.py"])
PATHS = st.sets(st.lists(NAME, min_size=1, max_size=3).map("/".join), max_size=8)
GLOB = st.sampled_from(["a", "b", "*", "**", "?", "*.py", "[ab]"])
LINE = st.tuples(st.sampled_from(["", "", "!"]), st.lists(GLOB, min_size=1, max_size=3).map("/".join)).map("".join)


@settings(max_examples=100, deadline=None)
@given(PATHS, st.lists(LINE, max_size=4))
def test_a_walk_sees_what_the_rules_say_of_each_path(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str], lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    files = {path for path in paths if not any(other.startswith(f"{path}/") for other in paths)}
    tree(folder, *files)
    rules = parse_dockerignore("\n".join(lines))
    kept = [path for path in sorted(files) if not rules.ignores(path)]
    found = visible_entries(folder, rules, ["."])
    assert sorted(entry.path for entry in found if entry.kind == "file") == kept
    assert [entry.path for entry in found] == sorted((entry.path for entry in found), key=lambda each: each.split("/"))
