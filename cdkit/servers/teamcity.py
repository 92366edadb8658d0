"""TeamCity: what it puts into the environment by itself; the rest comes from git.

https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class TeamCity:
    """TeamCity."""

    name = "teamcity"

    def is_here(self, reading: Reading) -> bool:
        """TEAMCITY_VERSION is set."""
        return bool(reading.value("TEAMCITY_VERSION"))

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What TeamCity says of the build."""
        yield from reading.take("commit", "BUILD_VCS_NUMBER")
        yield from reading.take("number", "BUILD_NUMBER")
        yield from reading.take("url", "BUILD_URL")
        yield from reading.take("job", "TEAMCITY_BUILDCONF_NAME")
