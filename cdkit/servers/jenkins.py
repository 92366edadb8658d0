"""Jenkins: freestyle jobs, pipelines, multibranch pipelines, and the older builder of GitHub's pull requests.

https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
https://plugins.jenkins.io/ghprb/
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading


class Jenkins:
    """Jenkins."""

    name = "jenkins"

    def is_here(self, reading: Reading) -> bool:
        """JENKINS_URL is set where the administrator gave it, and BUILD_ID always; one alone is somebody else's."""
        return bool(reading.value("JENKINS_URL") and reading.value("BUILD_ID"))

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What Jenkins says of the build."""
        yield from reading.timer("BUILD_CAUSE", "timertrigger")
        yield from _commit(reading)
        yield from _branch(reading)
        yield from reading.take("tag", "TAG_NAME")
        yield from reading.take("pull_request", "CHANGE_ID", "ghprbPullId")
        yield from reading.take("target", "CHANGE_TARGET", "ghprbTargetBranch")
        yield from reading.take("number", "BUILD_NUMBER")
        yield from reading.take("url", "BUILD_URL")
        yield from reading.take("repository", "GIT_URL", "GIT_URL_1")
        yield from reading.take("actor", "CHANGE_AUTHOR", "ghprbPullAuthorLogin", "BUILD_USER_ID")
        yield from reading.take("job", "JOB_NAME")
        yield from reading.take("workspace", "WORKSPACE")


def _commit(reading: Reading) -> Iterator[Candidate]:
    if reading.value("ghprbActualCommit"):
        yield from reading.take("commit", "ghprbActualCommit")
        yield from reading.reject("commit", "GIT_COMMIT", "it is the merge commit of the pull request, on no branch")
    else:
        yield from reading.take("commit", "GIT_COMMIT")


def _branch(reading: Reading) -> Iterator[Candidate]:
    yield from reading.take("branch", "CHANGE_BRANCH", "ghprbSourceBranch")
    if reading.value("CHANGE_ID"):
        yield from reading.reject("branch", "BRANCH_NAME", "it names the pull request")
    elif reading.value("TAG_NAME"):
        yield from reading.reject("branch", "BRANCH_NAME", "it names the tag")
    elif not reading.value("ghprbPullId"):
        yield from reading.take("branch", "BRANCH_NAME")
        # A job of one branch knows it by its remote.
        yield from reading.number_in("branch", r"^(?:refs/remotes/)?[^/]+/(.+)$", "GIT_BRANCH")
    if reading.says("BRANCH_IS_PRIMARY", "true"):
        yield from reading.made("default_branch", reading.value("BRANCH_NAME"), "BRANCH_IS_PRIMARY and BRANCH_NAME")
