from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cdkit.clients.git_repository import read_build_facts
from cdkit.models.build import Build
from cdkit.redact import without_login
from tests.git_command import git


class Repository:
    """A repository in a folder of the test's own, without the user's git configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=trunk")

    def git(self, *arguments: str) -> str:
        return git(self.folder, *arguments)

    def commit(self) -> str:
        self.git("commit", "--quiet", "--allow-empty", "--message=change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_the_commit_and_the_branch_are_those_that_are_checked_out(repository: Repository) -> None:
    commit = repository.commit()
    (repository.folder / "below").mkdir()
    facts = read_build_facts(repository.folder / "below")
    assert (facts.server, facts.commit, facts.branch, facts.tag) == ("local", commit, "trunk", "")
    assert facts.commit_time == int(repository.git("show", "--no-patch", "--format=%ct"))


def test_a_commit_that_is_checked_out_by_itself_is_on_no_branch(repository: Repository) -> None:
    commit = repository.commit()
    repository.git("checkout", "--quiet", "--detach")
    facts = read_build_facts(repository.folder)
    assert (facts.commit, facts.branch) == (commit, "")


def test_of_several_tags_the_highest_version_is_taken(repository: Repository) -> None:
    repository.commit()
    repository.git("tag", "v1.9.0")
    repository.git("tag", "--annotate", "--message=release", "v1.10.0")
    assert read_build_facts(repository.folder).tag == "v1.10.0"
    repository.commit()
    assert read_build_facts(repository.folder).tag == ""


def test_a_clone_knows_its_default_branch_and_where_it_came_from(repository: Repository, tmp_path: Path) -> None:
    repository.commit()
    repository.git("clone", "--quiet", str(repository.folder), str(tmp_path / "clone"))
    url = "https://ci:hunter2@git.example/team/hello.git"
    repository.git("-C", str(tmp_path / "clone"), "remote", "set-url", "origin", url)
    facts = read_build_facts(tmp_path / "clone")
    assert facts.default_branch == "trunk"
    assert facts.repository == "https://git.example/team/hello.git"


def test_what_is_no_repository_has_no_facts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert read_build_facts(tmp_path) == Build()
    assert read_build_facts(tmp_path / "nowhere") == Build()


def test_git_is_not_loaded_where_there_is_no_repository(tmp_path: Path) -> None:
    code = (
        "import sys; from cdkit.clients.git_repository import read_build_facts; "
        "read_build_facts(sys.argv[1]); assert 'git' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)


def test_a_repository_without_a_commit_has_no_facts(repository: Repository) -> None:
    assert read_build_facts(repository.folder) == Build()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:hunter2@git.example/a.git", "https://git.example/a.git"),
        ("https://hunter2@git.example/a.git", "https://git.example/a.git"),
        ("ssh://git:hunter2@git.example:22/a.git", "ssh://git@git.example:22/a.git"),
        ("ssh://git@git.example/a.git", "ssh://git@git.example/a.git"),
        ("git@git.example:team/a.git", "git@git.example:team/a.git"),
        ("https://git.example/a@b.git", "https://git.example/a@b.git"),
    ],
)
def test_a_remote_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_login(url) == shown
