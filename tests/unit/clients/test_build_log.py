"""What the classic builder streams, as recorded from an engine."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.clients.engine.classic_log import EVIDENCE_LINES, BuildLog
from cdkit.errors import ObjectNotFound, RegistryUnreachable, WorkFailed

FROM = [{"stream": "Step 1/2 : FROM registry.example/base:1"}, {"stream": "\n"}, {"stream": " ---> 634ca60a031f\n"}]
RUN = [{"stream": "Step 2/2 : RUN make test"}, {"stream": "\n"}, {"stream": " ---> Running in ab9201e7044a\n"}]


def failure(message: str) -> dict[str, Any]:
    return {"errorDetail": {"code": 3, "message": message}, "error": message}


def read(*messages: dict[str, Any]) -> tuple[BuildLog, list[str]]:
    lines: list[str] = []
    log = BuildLog(lines.append, lambda _: None)
    for message in messages:
        log.read(message)
    log.close()
    return log, lines


def test_lines_are_whole_however_they_were_sent() -> None:
    _, lines = read(*FROM, *RUN, {"stream": "one\ntw"}, {"stream": "o\n\n"}, {"stream": "last"})
    assert lines == [
        "Step 1/2 : FROM registry.example/base:1",
        " ---> 634ca60a031f",
        "Step 2/2 : RUN make test",
        " ---> Running in ab9201e7044a",
        "one",
        "two",
        "last",
    ]


def test_the_image_is_named_at_the_end() -> None:
    log, _ = read(*FROM, {"aux": {"ID": "sha256:dacb"}}, {"stream": "Successfully built dacb\n"})
    assert log.image_id == "sha256:dacb"


def test_the_progress_of_a_base_images_layers_is_not_shown() -> None:
    pulling = [
        {"status": "Pulling from team/base", "id": "1"},
        {"status": "Downloading", "progressDetail": {"current": 1, "total": 2}, "id": "a3ed95caeb02"},
        {"status": "Digest: sha256:aaa"},
    ]
    assert read(*pulling)[1] == ["Pulling from team/base", "Digest: sha256:aaa"]


def test_the_instruction_that_failed_is_named_with_its_last_lines() -> None:
    printed = [{"stream": f"line {number}\n"} for number in range(100)]
    with pytest.raises(WorkFailed) as failed:
        read(*FROM, *RUN, *printed, failure("The command '/bin/sh -c make test' returned a non-zero code: 3"))
    assert failed.value.message == (
        "`RUN make test` failed: The command '/bin/sh -c make test' returned a non-zero code: 3"
    )
    assert failed.value.evidence == tuple(f"line {number}" for number in range(100 - EVIDENCE_LINES, 100))


def test_a_network_fault_in_the_users_own_command_is_the_users_own() -> None:
    with pytest.raises(WorkFailed):
        read(*FROM, *RUN, failure("ADD failed: Get http://x: dial tcp: connect: connection refused"))


def test_a_base_image_that_cannot_be_pulled_is_not_a_failed_command() -> None:
    with pytest.raises(RegistryUnreachable, match=r"The image of `FROM registry\.example/base:1` cannot be pulled"):
        read(FROM[0], FROM[1], failure('Get "http://registry.example/v2/": connect: connection refused'))
    with pytest.raises(ObjectNotFound):
        read(FROM[0], FROM[1], failure("manifest for registry.example/base:1 not found: manifest unknown"))


def test_an_image_that_only_a_copy_needs_is_pulled_too() -> None:
    copy = [{"stream": "Step 2/2 : COPY --from=registry.example/tools /a /a"}, {"stream": "\n"}]
    said = 'invalid from flag value registry.example/tools: Get "http://registry.example/v2/": connection refused'
    with pytest.raises(RegistryUnreachable, match="COPY --from"):
        read(*FROM, *copy, failure(said))


def test_a_dockerfile_that_cannot_be_parsed_fails_before_its_first_step() -> None:
    failed = BuildLog(lambda _: None, lambda _: None).failure("dockerfile parse error line 2: unknown instruction: FOO")
    assert isinstance(failed, WorkFailed)
    assert failed.message == "The Dockerfile failed: dockerfile parse error line 2: unknown instruction: FOO"
