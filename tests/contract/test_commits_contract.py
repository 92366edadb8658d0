"""What a step may rely on of a history: the same of a made-up one and of git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cdkit.clients.git_commits import GitCommits
from cdkit.ports.commits import Commits
from cdkit.testing import FakeCommits
from tests.git_command import git

UNKNOWN = "f" * 40


class History:
    """first - second - third, and beside `third` a commit `side` behind `first`."""

    def __init__(self, names: dict[str, str], whole: Commits, shallow: Callable[[], Commits]) -> None:
        self.first, self.second, self.third, self.side = (names[name] for name in ("first", "second", "third", "side"))
        self.whole = whole
        self.shallow = shallow


def real(folder: Path) -> History:
    origin = folder / "origin"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=trunk")
    names = {}
    for name, start in (("first", ""), ("second", "first"), ("third", "second"), ("side", "first")):
        if start:
            git(origin, "checkout", "--quiet", "--detach", names[start])
        git(origin, "commit", "--quiet", "--allow-empty", f"--message={name}")
        names[name] = git(origin, "rev-parse", "HEAD")
        git(origin, "branch", name)

    def shallow() -> Commits:
        git(folder, "clone", "--quiet", "--depth=1", "--no-single-branch", origin.as_uri(), "shallow")
        return GitCommits(folder / "shallow")

    return History(names, GitCommits(origin), shallow)


def fake(_: Path) -> History:
    names = {name: name for name in ("first", "second", "third", "side")}
    known = {"first": [], "second": ["first"], "third": ["second"], "side": ["first"]}
    cut = FakeCommits({"third": (), "side": ()}, complete=False)
    return History(names, FakeCommits(known), lambda: cut)


@pytest.fixture(params=[fake, real])
def history(request: pytest.FixtureRequest, tmp_path: Path) -> History:
    made: History = request.param(tmp_path)
    return made


def test_a_commit_that_descends_from_another_is_ahead_of_it(history: History) -> None:
    assert history.whole.position(history.third, history.first) == "ahead"
    assert history.whole.position(history.first, history.third) == "behind"
    assert history.whole.position(history.third, history.third) == "same"


def test_commits_of_two_lines_have_diverged(history: History) -> None:
    assert history.whole.position(history.side, history.third) == "diverged"


def test_a_commit_that_was_never_fetched_is_unknown(history: History) -> None:
    assert history.whole.position(history.third, UNKNOWN) == "unknown"
    assert history.whole.position(UNKNOWN, history.third) == "unknown"


def test_a_history_that_is_cut_off_does_not_say_that_commits_have_diverged(history: History) -> None:
    assert history.shallow().position(history.side, history.third) == "unknown"


def test_what_is_no_hash_never_reaches_git(tmp_path: Path) -> None:
    found = real(tmp_path)
    for odd in ("--upload-pack=touch x", "HEAD", "third", "", found.third.upper()):
        assert found.whole.position(odd, found.third) == "unknown"
        assert found.whole.position(found.third, odd) == "unknown"
        assert found.whole.position(odd, odd) == "unknown"


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert GitCommits(tmp_path).position("a" * 40, "b" * 40) == "unknown"
