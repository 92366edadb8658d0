"""GitLab CI.

https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading

MERGED_RESULT = "it is the merge commit that GitLab makes to test a merge request, and on no branch"
WHOLE_INSTANCE = "it counts all projects of the instance"


class GitLab:
    """GitLab CI, its runner on a laptop included."""

    name = "gitlab"

    def is_here(self, reading: Reading) -> bool:
        """GITLAB_CI is set; some runners set it to `false`."""
        return reading.says("GITLAB_CI")

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What GitLab says of the build."""
        yield from reading.timer("CI_PIPELINE_SOURCE", "schedule")
        yield from _commit(reading)
        yield from reading.take("branch", "CI_COMMIT_BRANCH", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")
        yield from reading.take("branch", "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME")
        yield from reading.take("default_branch", "CI_DEFAULT_BRANCH")
        yield from reading.take("tag", "CI_COMMIT_TAG")
        yield from reading.take("pull_request", "CI_MERGE_REQUEST_IID", "CI_EXTERNAL_PULL_REQUEST_IID")
        yield from reading.reject("pull_request", "CI_MERGE_REQUEST_ID", WHOLE_INSTANCE)
        yield from reading.take("target", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
        yield from reading.take("target", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME")
        yield from reading.take("number", "CI_PIPELINE_IID")
        yield from reading.reject("number", "CI_PIPELINE_ID", WHOLE_INSTANCE)
        yield from reading.take("url", "CI_JOB_URL", "CI_PIPELINE_URL")
        yield from reading.take("repository", "CI_PROJECT_URL")
        yield from reading.take("actor", "GITLAB_USER_LOGIN")
        yield from reading.take("job", "CI_JOB_NAME")
        yield from reading.take("workspace", "CI_PROJECT_DIR")


def _commit(reading: Reading) -> Iterator[Candidate]:
    """Only a pipeline for merged results names the commit of the source branch, and builds another one."""
    source = "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"
    if reading.value(source):
        yield from reading.take("commit", source)
        yield from reading.reject("commit", "CI_COMMIT_SHA", MERGED_RESULT)
    else:
        yield from reading.take("commit", "CI_COMMIT_SHA")
