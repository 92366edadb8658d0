"""Whether a build is of somebody's pull request who has no right to push here.

Such a build gets no secrets, and must not run code of its own inside cdkit. Where a server says that it builds a pull
request, and not from where it comes, the answer is the careful one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Environ = Mapping[str, str]


UNTRUSTED = "CDKIT_UNTRUSTED"
"""Set to anything, it says that the build is of somebody who may neither run code of their own here nor see secrets."""


def is_untrusted(environ: Environ) -> bool:
    """Whether any build server says, or does not rule out, that the code comes from another repository."""
    return bool(environ.get(UNTRUSTED)) or any(is_foreign(environ) for is_foreign in _SERVERS)


def _github(environ: Environ) -> bool:
    """GitHub, Gitea and Forgejo: the event names both repositories.

    https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
    """
    if not environ.get("GITHUB_EVENT_NAME", "").startswith("pull_request"):
        return False
    pull_request = _event(environ.get("GITHUB_EVENT_PATH", "")).get("pull_request")
    head, base = (_repository(pull_request, side) for side in ("head", "base"))
    return not head or head != base


def _event(path: str) -> Mapping[str, Any]:
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _repository(pull_request: Any, side: str) -> str:
    value = pull_request
    for key in (side, "repo", "full_name"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _gitlab(environ: Environ) -> bool:
    """GitLab: variables of a merge request name both projects.

    https://docs.gitlab.com/ci/variables/predefined_variables/#predefined-variables-for-merge-request-pipelines
    """
    if not environ.get("CI_MERGE_REQUEST_IID"):
        return False
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH")
    return not source or source != environ.get("CI_MERGE_REQUEST_PROJECT_PATH")


def _jenkins(environ: Environ) -> bool:
    """CHANGE_FORK is set for a change from a fork; the older pull-request builder says nothing of where it is from."""
    return bool(environ.get("CHANGE_ID") and environ.get("CHANGE_FORK")) or bool(environ.get("ghprbPullId"))


def _drone(environ: Environ) -> bool:
    """Drone and Woodpecker name the pull request, and not its repository."""
    return bool(environ.get("DRONE_PULL_REQUEST") or environ.get("CI_COMMIT_PULL_REQUEST"))


_SERVERS: tuple[Callable[[Environ], bool], ...] = (_github, _gitlab, _jenkins, _drone)
