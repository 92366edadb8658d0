"""Drone.

https://docs.drone.io/pipeline/environment/reference/
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Drone:
    """Drone, and Harness CI, which came of it."""

    name = "drone"

    def is_here(self, reading: Reading) -> bool:
        """DRONE is `true`; Woodpecker, which sets Drone's variables too, is asked before."""
        return reading.says("DRONE", "true")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What Drone says of the build."""
        yield from reading.timer("DRONE_BUILD_EVENT", "cron")
        yield from reading.take("commit", "DRONE_COMMIT_SHA")
        yield from _branch(reading)
        yield from reading.take("default_branch", "DRONE_REPO_BRANCH")
        yield from reading.take("tag", "DRONE_TAG")
        yield from reading.take("pull_request", "DRONE_PULL_REQUEST")
        yield from reading.take("number", "DRONE_BUILD_NUMBER")
        yield from reading.take("url", "DRONE_BUILD_LINK")
        yield from reading.take("repository", "DRONE_REPO_LINK")
        yield from _actor(reading)
        yield from reading.take("job", "DRONE_STEP_NAME")
        yield from reading.take("workspace", "DRONE_WORKSPACE")


def _branch(reading: Reading) -> Iterator[Candidate]:
    if reading.value("DRONE_PULL_REQUEST"):
        yield from reading.take("branch", "DRONE_SOURCE_BRANCH")
        yield from reading.reject("branch", "DRONE_BRANCH", "on a pull request it is the target")
        yield from reading.take("target", "DRONE_TARGET_BRANCH")
    elif reading.value("DRONE_TAG"):
        yield from reading.reject("branch", "DRONE_BRANCH", "a tag is on no branch")
    else:
        yield from reading.take("branch", "DRONE_BRANCH")


def _actor(reading: Reading) -> Iterator[Candidate]:
    """A trigger is a person's login, or `@hook` and `@cron` for what no person did."""
    if reading.value("DRONE_BUILD_TRIGGER").startswith("@"):
        yield from reading.reject("actor", "DRONE_BUILD_TRIGGER", "it says how the build began, and not who began it")
        yield from reading.take("actor", "DRONE_COMMIT_AUTHOR")
    else:
        yield from reading.take("actor", "DRONE_BUILD_TRIGGER", "DRONE_COMMIT_AUTHOR")
