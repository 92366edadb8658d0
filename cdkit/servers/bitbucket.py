"""Bitbucket Pipelines.

https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Bitbucket:
    """Bitbucket Pipelines."""

    name = "bitbucket"

    def is_here(self, reading: Reading) -> bool:
        """BITBUCKET_BUILD_NUMBER is always set."""
        return bool(reading.value("BITBUCKET_BUILD_NUMBER"))

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What Bitbucket says of the build."""
        yield from reading.take("commit", "BITBUCKET_COMMIT")
        yield from reading.take("branch", "BITBUCKET_BRANCH")
        yield from reading.take("tag", "BITBUCKET_TAG")
        yield from reading.take("pull_request", "BITBUCKET_PR_ID")
        yield from reading.take("target", "BITBUCKET_PR_DESTINATION_BRANCH")
        yield from reading.take("number", "BITBUCKET_BUILD_NUMBER")
        if place := reading.value("BITBUCKET_GIT_HTTP_ORIGIN"):
            number = reading.value("BITBUCKET_BUILD_NUMBER")
            # The origin names http, and every page is served by https.
            secure = place.replace("http://", "https://", 1)
            yield from reading.made("url", f"{secure}/pipelines/results/{number}", "BITBUCKET_GIT_HTTP_ORIGIN")
            yield from reading.made("repository", secure, "BITBUCKET_GIT_HTTP_ORIGIN")
        yield from reading.take("actor", "BITBUCKET_STEP_TRIGGERER_UUID")
        yield from reading.take("job", "BITBUCKET_STEP_NAME", "BITBUCKET_STEP_UUID")
        yield from reading.take("workspace", "BITBUCKET_CLONE_DIR")
