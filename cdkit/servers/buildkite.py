"""Buildkite.

https://buildkite.com/docs/pipelines/configure/environment-variables
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Buildkite:
    """Buildkite."""

    name = "buildkite"

    def is_here(self, reading: Reading) -> bool:
        """BUILDKITE is `true`."""
        return reading.says("BUILDKITE", "true")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What Buildkite says of the build."""
        yield from reading.timer("BUILDKITE_SOURCE", "schedule")
        if reading.value("BUILDKITE_COMMIT") == "HEAD":
            yield from reading.reject("commit", "BUILDKITE_COMMIT", "the build was asked for whatever is the newest")
        else:
            yield from reading.take("commit", "BUILDKITE_COMMIT")
        if reading.value("BUILDKITE_TAG"):
            yield from reading.reject("branch", "BUILDKITE_BRANCH", "on a tag it names the tag")
        else:
            yield from reading.take("branch", "BUILDKITE_BRANCH")
        yield from reading.take("default_branch", "BUILDKITE_PIPELINE_DEFAULT_BRANCH")
        yield from reading.take("tag", "BUILDKITE_TAG")
        if reading.value("BUILDKITE_PULL_REQUEST") != "false":
            yield from reading.take("pull_request", "BUILDKITE_PULL_REQUEST")
            yield from reading.take("target", "BUILDKITE_PULL_REQUEST_BASE_BRANCH")
        yield from reading.take("number", "BUILDKITE_BUILD_NUMBER")
        yield from _attempt(reading)
        yield from reading.take("url", "BUILDKITE_BUILD_URL")
        yield from reading.take("repository", "BUILDKITE_REPO")
        yield from reading.take("actor", "BUILDKITE_BUILD_CREATOR", "BUILDKITE_BUILD_AUTHOR")
        yield from reading.take("job", "BUILDKITE_STEP_KEY", "BUILDKITE_LABEL")
        yield from reading.take("workspace", "BUILDKITE_BUILD_CHECKOUT_PATH")


def _attempt(reading: Reading) -> Iterator[Candidate]:
    retries = reading.value("BUILDKITE_RETRY_COUNT")
    if retries.isdigit():
        yield from reading.made("attempt", str(int(retries) + 1), "BUILDKITE_RETRY_COUNT")
