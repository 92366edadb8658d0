"""GitHub Actions, and Gitea's and Forgejo's, which speak the same language.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading

EVENT = "GITHUB_EVENT_PATH"
MERGE_COMMIT = "it is the merge commit that GitHub makes to test a pull request, and on no branch"


class GitHub:
    """GitHub Actions."""

    name = "github"

    def is_here(self, reading: Reading) -> bool:
        """GITHUB_ACTIONS is always `true`."""
        return reading.says("GITHUB_ACTIONS", "true")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What GitHub says of the build."""
        yield from reading.timer("GITHUB_EVENT_NAME", "schedule")
        if reading.value("GITHUB_EVENT_NAME").startswith("pull_request"):
            yield from _pull_request(reading)
        else:
            yield from reading.take("commit", "GITHUB_SHA")
        yield from _ref(reading)
        yield from reading.in_event("default_branch", EVENT, "repository", "default_branch")
        yield from reading.take("number", "GITHUB_RUN_NUMBER")
        yield from reading.reject("number", "GITHUB_RUN_ID", "it counts the runs of all repositories")
        yield from reading.take("attempt", "GITHUB_RUN_ATTEMPT")
        yield from self._url(reading)
        yield from _repository(reading)
        yield from reading.take("actor", "GITHUB_ACTOR")
        yield from reading.take("job", "GITHUB_JOB")
        yield from reading.take("workspace", "GITHUB_WORKSPACE")

    def _url(self, reading: Reading) -> Iterator[Candidate]:
        place, run = _place(reading), reading.value("GITHUB_RUN_ID")
        if place and run:
            attempt = reading.value("GITHUB_RUN_ATTEMPT")
            behind = f"/attempts/{attempt}" if attempt not in {"", "1"} else ""
            yield from reading.made("url", f"{place}/actions/runs/{run}{behind}", "GITHUB_RUN_ID")


class Gitea(GitHub):
    """Gitea Actions: its pages count the runs of the repository.

    https://docs.gitea.com/usage/actions/actions-variables
    """

    name = "gitea"

    def is_here(self, reading: Reading) -> bool:
        """GITEA_ACTIONS is set beside GitHub's variables."""
        return reading.says("GITEA_ACTIONS", "true")

    def _url(self, reading: Reading) -> Iterator[Candidate]:
        place, run = _place(reading), reading.value("GITHUB_RUN_NUMBER")
        if place and run:
            yield from reading.made("url", f"{place}/actions/runs/{run}", "GITHUB_RUN_NUMBER")


class Forgejo(Gitea):
    """Forgejo Actions.

    https://forgejo.org/docs/latest/user/actions/reference/
    """

    name = "forgejo"

    def is_here(self, reading: Reading) -> bool:
        """FORGEJO_ACTIONS is set beside Gitea's variables."""
        return reading.says("FORGEJO_ACTIONS", "true")


def _pull_request(reading: Reading) -> Iterator[Candidate]:
    is_target = reading.value("GITHUB_EVENT_NAME") == "pull_request_target"
    why = "it is the commit of the target branch" if is_target else MERGE_COMMIT
    yield from reading.in_event("commit", EVENT, "pull_request", "head", "sha")
    yield from reading.reject("commit", "GITHUB_SHA", why)
    yield from reading.in_event("pull_request", EVENT, "pull_request", "number")
    yield from reading.number_in("pull_request", r"^refs/pull/(\d+)/", "GITHUB_REF")
    yield from reading.take("target", "GITHUB_BASE_REF")


def _ref(reading: Reading) -> Iterator[Candidate]:
    yield from reading.take("branch", "GITHUB_HEAD_REF")
    if reading.value("GITHUB_HEAD_REF"):
        yield from reading.reject("branch", "GITHUB_REF_NAME", "it names the pull request or its target")
    elif reading.value("GITHUB_REF_TYPE") == "tag":
        yield from reading.take("tag", "GITHUB_REF_NAME")
    elif reading.value("GITHUB_EVENT_NAME") == "merge_group":
        yield from reading.reject("branch", "GITHUB_REF_NAME", "it is the branch of a merge queue")
    else:
        yield from reading.take("branch", "GITHUB_REF_NAME")


def _repository(reading: Reading) -> Iterator[Candidate]:
    yield from reading.made("repository", _place(reading), "GITHUB_SERVER_URL and GITHUB_REPOSITORY")


def _place(reading: Reading) -> str:
    server, repository = reading.value("GITHUB_SERVER_URL"), reading.value("GITHUB_REPOSITORY")
    return f"{server.rstrip('/')}/{repository}" if server and repository else ""
