"""Whose code is built: a pull request from another repository is not trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdkit.models.build import Build
from cdkit.servers.detect import detect


def github(folder: Path, head: object, base: str = "team/app") -> dict[str, str]:
    event = {"pull_request": {"head": {"repo": head}, "base": {"repo": {"full_name": base}}}}
    path = folder / "event.json"
    path.write_text(json.dumps(event))
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}


def is_trusted(environ: dict[str, str]) -> bool:
    return detect(environ, Build()).trusted


def test_a_pull_request_of_the_same_repository_is_trusted(tmp_path: Path) -> None:
    assert is_trusted(github(tmp_path, {"full_name": "team/app"}))


@pytest.mark.parametrize("head", [{"full_name": "stranger/app"}, None, "text"])
def test_a_pull_request_of_a_fork_or_of_one_that_is_gone_is_not(tmp_path: Path, head: object) -> None:
    assert not is_trusted(github(tmp_path, head))


@pytest.mark.parametrize("event", ["[]", "{", ""])
def test_an_event_that_cannot_be_read_is_no_reason_to_trust(tmp_path: Path, event: str) -> None:
    environ = github(tmp_path, {"full_name": "team/app"})
    Path(environ["GITHUB_EVENT_PATH"]).write_text(event)
    assert not is_trusted(environ)


GITLAB = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_PROJECT_PATH": "team/app"}


@pytest.mark.parametrize(
    ("environ", "trusted"),
    [
        ({}, True),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}, True),
        ({**GITLAB, "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "team/app"}, True),
        ({**GITLAB, "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "stranger/app"}, False),
        (GITLAB, False),
        ({"JENKINS_URL": "u", "CHANGE_ID": "7"}, True),
        ({"JENKINS_URL": "u", "CHANGE_ID": "7", "CHANGE_FORK": "stranger"}, False),
        ({"JENKINS_URL": "u", "ghprbPullId": "7"}, False),
        ({"DRONE": "true", "DRONE_PULL_REQUEST": "7"}, False),
        ({"DRONE": "true", "DRONE_PULL_REQUEST": ""}, True),
        ({"CI": "woodpecker", "CI_COMMIT_PULL_REQUEST": "7"}, False),
        ({"CDKIT_UNTRUSTED": "1"}, False),
    ],
)
def test_what_each_server_says_decides(environ: dict[str, str], trusted: bool) -> None:
    assert is_trusted(environ) is trusted
