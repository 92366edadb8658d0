"""Woodpecker.

https://woodpecker-ci.org/docs/usage/environment
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Woodpecker:
    """Woodpecker CI."""

    name = "woodpecker"

    def is_here(self, reading: Reading) -> bool:
        """CI is `woodpecker`."""
        return reading.says("CI", "woodpecker")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What Woodpecker says of the build."""
        yield from reading.timer("CI_PIPELINE_EVENT", "cron")
        yield from reading.take("commit", "CI_COMMIT_SHA")
        yield from _branch(reading)
        yield from reading.take("default_branch", "CI_REPO_DEFAULT_BRANCH")
        yield from reading.take("tag", "CI_COMMIT_TAG")
        yield from reading.take("pull_request", "CI_COMMIT_PULL_REQUEST")
        yield from reading.take("number", "CI_PIPELINE_NUMBER")
        yield from reading.take("url", "CI_STEP_URL", "CI_PIPELINE_URL")
        yield from reading.take("repository", "CI_REPO_URL")
        yield from reading.take("actor", "CI_PIPELINE_AUTHOR", "CI_COMMIT_AUTHOR")
        yield from reading.take("job", "CI_STEP_NAME")
        yield from reading.take("workspace", "CI_WORKSPACE")


def _branch(reading: Reading) -> Iterator[Candidate]:
    if reading.value("CI_COMMIT_PULL_REQUEST"):
        yield from reading.take("branch", "CI_COMMIT_SOURCE_BRANCH")
        yield from reading.reject("branch", "CI_COMMIT_BRANCH", "on a pull request it is the target")
        yield from reading.take("target", "CI_COMMIT_TARGET_BRANCH")
    elif reading.value("CI_COMMIT_TAG"):
        yield from reading.reject("branch", "CI_COMMIT_BRANCH", "a tag is on no branch")
    else:
        yield from reading.take("branch", "CI_COMMIT_BRANCH")
