"""What is built, as every build server says it: a table of environments, each with the build that comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from cdkit.models.build import Build
from cdkit.servers.detect import SERVERS, Account, detect, give_account

TABLES = sorted((Path(__file__).parents[2] / "golden" / "builds").glob("*.yaml"))
COMMIT = "a" * 40


def cases() -> list[Any]:
    found = []
    for path in TABLES:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [pytest.param(table, case, id=f"{path.stem}: {case['name']}") for case in table["cases"]]
    return found


def account(table: dict[str, Any], case: dict[str, Any], folder: Path) -> Account:
    environ = table["base"] | case["environ"]
    if "event" in case:
        event = folder / "event.json"
        event.write_text(json.dumps(case["event"]), encoding="utf-8")
        environ |= {"GITHUB_EVENT_PATH": str(event)}
    for name in table.get("folders", ()):
        (folder / name.lstrip("/")).mkdir(parents=True)
    return give_account(environ, Build(**case.get("git", {})), root=folder)


@pytest.mark.parametrize(("table", "case"), cases())
def test_a_build_is_what_its_server_says(table: dict[str, Any], case: dict[str, Any], tmp_path: Path) -> None:
    given = account(table, case, tmp_path)
    expected = Build(**(table["build"] | case["build"]))
    assert msgspec.structs.asdict(given.build) == msgspec.structs.asdict(expected)
    rejected = {candidate.source: candidate.rejected for candidate in given.candidates if candidate.rejected}
    assert set(case.get("rejected", ())) <= set(rejected)
    assert bool(given.untrusted) is not given.build.trusted


def test_the_table_knows_every_server() -> None:
    assert len(cases()) >= 60
    assert {path.stem for path in TABLES} == {server.name for server in SERVERS}


def test_what_git_says_of_a_tag_is_not_believed_where_the_server_knows_better() -> None:
    environ = {"GITLAB_CI": "true", "CI_COMMIT_SHA": COMMIT, "CI_COMMIT_BRANCH": "main"}
    given = give_account(environ, Build(commit=COMMIT, tag="v1"))
    assert given.build.tag == ""
    assert [item.rejected for item in given.candidates if item.field == "tag"] == ["gitlab says which tag it builds"]


@pytest.mark.parametrize(
    ("variable", "value", "field"),
    [
        ("CI_COMMIT_SHA", "main", "commit"),
        ("CI_COMMIT_SHA", "$(reboot)", "commit"),
        ("CI_JOB_URL", "javascript:alert(1)", "url"),
        ("CI_COMMIT_BRANCH", "main\x1b]0;title\x07", "branch"),
        ("CI_COMMIT_BRANCH", "main\n::error::no", "branch"),
        ("CI_COMMIT_BRANCH", "x" * 5000, "branch"),
    ],
)
def test_a_value_that_cannot_be_one_is_left_out(variable: str, value: str, field: str) -> None:
    assert getattr(detect({"GITLAB_CI": "true", variable: value}, Build()), field) == ""


def test_an_address_comes_without_its_login() -> None:
    environ = {"GITLAB_CI": "true", "CI_PROJECT_URL": "https://job:token@gitlab.example.org/team/shop"}
    given = give_account(environ, Build())
    assert given.build.repository == "https://gitlab.example.org/team/shop"
    assert "token" not in repr(given)


@pytest.mark.parametrize(
    "event", ["[]", "{", "", '{"pull_request": 7}', '{"repository": {"default_branch": ["main"]}}']
)
def test_an_event_that_is_no_event_says_nothing(tmp_path: Path, event: str) -> None:
    path = tmp_path / "event.json"
    path.write_text(event, encoding="utf-8")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(path)}
    assert detect(environ, Build()).default_branch == ""
