"""CircleCI.

https://circleci.com/docs/reference/variables/
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class CircleCi:
    """CircleCI."""

    name = "circleci"

    def is_here(self, reading: Reading) -> bool:
        """CIRCLECI is `true`."""
        return reading.says("CIRCLECI", "true")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What CircleCI says of the build."""
        yield from reading.take("commit", "CIRCLE_SHA1")
        if reading.value("CIRCLE_BRANCH").startswith("pull/"):
            yield from reading.reject("branch", "CIRCLE_BRANCH", "it names the pull request of a fork")
        else:
            yield from reading.take("branch", "CIRCLE_BRANCH")
        yield from reading.take("tag", "CIRCLE_TAG")
        yield from reading.take("pull_request", "CIRCLE_PR_NUMBER")
        yield from reading.number_in("pull_request", r"/(\d+)/?$", "CIRCLE_PULL_REQUEST")
        yield from reading.take("number", "CIRCLE_BUILD_NUM")
        yield from reading.take("url", "CIRCLE_BUILD_URL")
        yield from reading.take("repository", "CIRCLE_REPOSITORY_URL")
        yield from reading.take("actor", "CIRCLE_USERNAME")
        yield from reading.take("job", "CIRCLE_JOB")
        yield from reading.take("workspace", "CIRCLE_WORKING_DIRECTORY")
