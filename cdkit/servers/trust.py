"""Whether a build is of somebody's pull request who has no right to push here.

Such a build gets no secrets, and must not run code of its own inside cdkit. Where a server says that it builds a pull
request, and not from where it comes, the answer is the careful one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cdkit.servers.reading import Reading

UNTRUSTED = "CDKIT_UNTRUSTED"
"""Set to anything, it says that the build is of somebody who may neither run code of their own here nor see secrets."""

FOREIGN = "the pull request comes from another repository"
UNKNOWN = "the server does not say from which repository the pull request comes"


def is_untrusted(environ: Mapping[str, str]) -> bool:
    """Whether any build server says, or does not rule out, that the code comes from another repository."""
    return bool(why_untrusted(environ))


def why_untrusted(environ: Mapping[str, str]) -> str:
    """Why a build is not trusted; the empty string when it is. Every server is asked, whichever seems to be here."""
    if environ.get(UNTRUSTED):
        return f"{UNTRUSTED} is set"
    reading = Reading(environ)
    return next((why for ask in _SERVERS if (why := ask(reading))), "")


def _compared(source: str, target: str) -> str:
    """What follows from the repositories that a pull request comes from and goes to."""
    if not source:
        return UNKNOWN
    return "" if source == target else FOREIGN


def _github(reading: Reading) -> str:
    """GitHub, Gitea and Forgejo: the event names both repositories.

    https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
    """
    if not reading.value("GITHUB_EVENT_NAME").startswith("pull_request"):
        return ""
    pull_request = reading.event_of("GITHUB_EVENT_PATH").get("pull_request")
    return _compared(_repository(pull_request, "head"), _repository(pull_request, "base"))


def _repository(pull_request: Any, side: str) -> str:
    value = pull_request
    for key in (side, "repo", "full_name"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _gitlab(reading: Reading) -> str:
    """GitLab: variables of a merge request name both projects.

    https://docs.gitlab.com/ci/variables/predefined_variables/#predefined-variables-for-merge-request-pipelines
    """
    if reading.value("CI_MERGE_REQUEST_IID"):
        source, target = "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "CI_MERGE_REQUEST_PROJECT_PATH"
    elif reading.value("CI_EXTERNAL_PULL_REQUEST_IID"):
        source, target = "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"
    else:
        return ""
    return _compared(reading.value(source), reading.value(target))


def _jenkins(reading: Reading) -> str:
    """CHANGE_FORK is set for a change from a fork; the older pull-request builder says nothing of where it is from."""
    if reading.value("CHANGE_ID") and reading.value("CHANGE_FORK"):
        return FOREIGN
    return UNKNOWN if reading.value("ghprbPullId") else ""


def _drone(reading: Reading) -> str:
    """Drone and Woodpecker name the pull request, and not its repository."""
    return UNKNOWN if reading.value("DRONE_PULL_REQUEST") or reading.value("CI_COMMIT_PULL_REQUEST") else ""


def _azure(reading: Reading) -> str:
    """Azure says of a pull request whether it is of a fork."""
    if not reading.value("SYSTEM_PULLREQUEST_PULLREQUESTID"):
        return ""
    if reading.says("SYSTEM_PULLREQUEST_ISFORK", "true"):
        return FOREIGN
    return "" if reading.says("SYSTEM_PULLREQUEST_ISFORK", "false") else UNKNOWN


def _circleci(reading: Reading) -> str:
    """CircleCI sets these two for pull requests of forks only."""
    return FOREIGN if reading.value("CIRCLE_PR_USERNAME") or reading.value("CIRCLE_PR_REPONAME") else ""


def _buildkite(reading: Reading) -> str:
    """Buildkite names the repository of a pull request; the ways to write its address differ."""
    if reading.value("BUILDKITE_PULL_REQUEST") in {"", "false"}:
        return ""
    source, target = reading.value("BUILDKITE_PULL_REQUEST_REPO"), reading.value("BUILDKITE_REPO")
    return _compared(_path_of(source), _path_of(target))


def _path_of(address: str) -> str:
    """`team/app` of `git@host:team/app.git`, `git://host/team/app.git` and `https://host/team/app`."""
    behind = address.partition("://")[2] or address.replace(":", "/", 1)
    return behind.partition("/")[2].removesuffix(".git").lower()


_SERVERS: tuple[Callable[[Reading], str], ...] = (_github, _gitlab, _jenkins, _drone, _azure, _circleci, _buildkite)
