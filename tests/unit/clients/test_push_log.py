"""What the engine streams while it pushes, as recorded from one."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.clients.engine.push import PushLog
from cdkit.errors import AccessDenied

PUSHED = [
    {"status": "The push refers to repository [127.0.0.1:5000/hello]"},
    {"status": "Preparing", "progressDetail": {}, "id": "ec4b67e762fe"},
    {
        "status": "Pushing",
        "progressDetail": {"current": 512, "total": 2048},
        "progress": "[==>  ]",
        "id": "ec4b67e762fe",
    },
    {
        "status": "Pushing",
        "progressDetail": {"current": 3072, "total": 2048},
        "progress": "[==>  ]",
        "id": "ec4b67e762fe",
    },
    {"status": "Pushed", "progressDetail": {}, "id": "ec4b67e762fe"},
    {"status": "Layer already exists", "progressDetail": {}, "id": "0be65365c55e"},
    {"status": "1: digest: sha256:c9cc size: 736"},
    {"progressDetail": {}, "aux": {"Tag": "1", "Digest": "sha256:c9cc", "Size": 736}},
]


def read(*messages: dict[str, Any]) -> tuple[PushLog, list[tuple[str, int, int]]]:
    progress: list[tuple[str, int, int]] = []
    log = PushLog("127.0.0.1:5000/hello:1", lambda *item: progress.append(item))
    for message in messages:
        log.read(message)
    return log, progress


def test_the_digest_is_what_the_registry_answered() -> None:
    assert read(*PUSHED)[0].digest == "sha256:c9cc"


def test_progress_never_runs_past_its_end() -> None:
    assert read(*PUSHED)[1] == [
        ("ec4b67e762fe", 512, 2048),
        ("ec4b67e762fe", 3072, 3072),
        ("ec4b67e762fe", 3072, 3072),
        ("0be65365c55e", 0, 0),
    ]


def test_a_push_that_fails_names_the_reference() -> None:
    message = "denied: requested access to the resource is denied"
    with pytest.raises(AccessDenied, match=r"Cannot push 127\.0\.0\.1:5000/hello:1: denied"):
        read(PUSHED[0], {"errorDetail": {"message": message}, "error": message})
