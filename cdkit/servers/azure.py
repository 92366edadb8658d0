"""Azure Pipelines.

https://learn.microsoft.com/azure/devops/pipelines/build/variables
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Azure:
    """Azure Pipelines."""

    name = "azure"

    def is_here(self, reading: Reading) -> bool:
        """TF_BUILD is `True`."""
        return reading.says("TF_BUILD", "true")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What Azure Pipelines says of the build."""
        yield from reading.timer("BUILD_REASON", "schedule")
        if reading.value("SYSTEM_PULLREQUEST_PULLREQUESTID"):
            yield from _pull_request(reading)
        else:
            yield from reading.take("commit", "BUILD_SOURCEVERSION")
            yield from reading.branch_of_ref("branch", "BUILD_SOURCEBRANCH")
        yield from reading.tag_of_ref("BUILD_SOURCEBRANCH")
        yield from reading.take("number", "BUILD_BUILDNUMBER")
        yield from reading.take("attempt", "SYSTEM_JOBATTEMPT")
        yield from _url(reading)
        yield from reading.take("repository", "BUILD_REPOSITORY_URI")
        yield from reading.take("actor", "BUILD_REQUESTEDFOR")
        yield from reading.take("job", "SYSTEM_JOBNAME", "AGENT_JOBNAME")
        yield from reading.take("workspace", "BUILD_SOURCESDIRECTORY")


def _pull_request(reading: Reading) -> Iterator[Candidate]:
    yield from reading.take("commit", "SYSTEM_PULLREQUEST_SOURCECOMMITID")
    yield from reading.reject("commit", "BUILD_SOURCEVERSION", "it is the merge commit of the pull request")
    yield from reading.branch_of_ref("branch", "SYSTEM_PULLREQUEST_SOURCEBRANCH")
    yield from reading.branch_of_ref("target", "SYSTEM_PULLREQUEST_TARGETBRANCH")
    # The number is what GitHub shows; for Azure's own repositories there is only the id.
    yield from reading.take("pull_request", "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID")


def _url(reading: Reading) -> Iterator[Candidate]:
    collection, project = reading.value("SYSTEM_COLLECTIONURI"), reading.value("SYSTEM_TEAMPROJECT")
    if collection and project and (build := reading.value("BUILD_BUILDID")):
        url = f"{collection.rstrip('/')}/{project}/_build/results?buildId={build}"
        yield from reading.made("url", url, "SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT and BUILD_BUILDID")
