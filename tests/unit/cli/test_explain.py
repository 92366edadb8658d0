"""`cdkit explain build`: each field, who says it, and who is not believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cdkit.cli.app import app

MERGE, HEAD = "a" * 40, "b" * 40


@pytest.fixture
def pull_request(tmp_path: Path) -> dict[str, str]:
    event = tmp_path / "event.json"
    repository = {"full_name": "team/shop"}
    sides = {"head": {"sha": HEAD, "repo": repository}, "base": {"repo": repository}}
    event.write_text(json.dumps({"pull_request": {"number": 7, **sides}}), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_SHA": MERGE,
        "GITHUB_HEAD_REF": "feature/x",
    }


def test_the_table_says_where_a_field_comes_from_and_what_was_not_believed(pull_request: dict[str, str]) -> None:
    shown = CliRunner().invoke(app, ["explain", "build"], env=pull_request).stdout
    lines = {line.split()[0]: line for line in shown.splitlines() if not line.startswith(" ")}
    assert lines["commit"].split() == ["commit", HEAD, "pull_request.head.sha", "in", "GITHUB_EVENT_PATH"]
    assert f"{MERGE}  GITHUB_SHA" in shown
    assert "not taken: it is the merge commit that GitHub makes" in shown
    assert lines["trusted"].split() == ["trusted", "yes"]
    assert lines["number"].endswith("nobody says it")


def test_a_build_that_is_not_trusted_says_why(pull_request: dict[str, str]) -> None:
    Path(pull_request["GITHUB_EVENT_PATH"]).write_text("{}", encoding="utf-8")
    shown = CliRunner().invoke(app, ["explain", "build"], env=pull_request).stdout
    assert "the server does not say from which repository the pull request comes" in shown


def test_the_same_as_json(pull_request: dict[str, str]) -> None:
    account = json.loads(CliRunner().invoke(app, ["explain", "build", "-o", "json"], env=pull_request).stdout)
    assert account["build"]["commit"] == HEAD
    assert {"field": "commit", "value": MERGE, "source": "GITHUB_SHA"}.items() <= next(
        item for item in account["candidates"] if item["rejected"]
    ).items()
