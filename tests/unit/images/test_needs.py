"""What a build needs of a builder, and where an instruction stands that a builder speaks of."""

from __future__ import annotations

import pytest

from cdkit.models.image_build import BuildStep
from cdkit_images.dockerfile import parse_dockerfile, read_stages
from cdkit_images.instruction_places import InstructionPlace, place_of
from cdkit_images.needs import dockerfile_needs


def needs(text: str) -> list[tuple[str, str, int]]:
    return [
        (need.ability, need.what, need.position.line if need.position else 0)
        for need in dockerfile_needs(parse_dockerfile(text))
    ]


@pytest.mark.parametrize(
    ("instruction", "ability", "what"),
    [
        ("RUN --mount=type=cache,target=/c true", "mounts", "RUN --mount"),
        ("RUN --network=none true", "mounts", "RUN --network"),
        ("COPY --chmod=755 a b", "mounts", "COPY --chmod"),
        ("COPY --link a b", "copy-link", "COPY --link"),
        ("COPY --exclude=*.md . /x", "copy-link", "COPY --exclude"),
        ("ADD --checksum=sha256:a https://example.org/x /x", "copy-link", "ADD --checksum"),
        ("ADD git@example.org:a.git /x", "copy-link", "ADD of a git repository"),
        ("ADD https://example.org/a.git#main /x", "copy-link", "ADD of a git repository"),
        ("RUN <<EOF\ntrue\nEOF", "heredocs", "RUN <<EOF"),
    ],
)
def test_what_not_every_builder_knows(instruction: str, ability: str, what: str) -> None:
    assert needs(f"FROM scratch\n{instruction}\n") == [(ability, what, 2)]
    assert needs(f"# syntax=docker/dockerfile:1\nFROM scratch\n{instruction}\n") == [("mounts", what, 3)]


def test_what_every_builder_knows_needs_nothing() -> None:
    copies = "COPY --from=b --chown=1 x y\nADD https://example.org/a.tar /x\n"
    assert needs(f"FROM a AS b\n{copies}HEALTHCHECK --interval=1s CMD x\n") == []


TEXT = """ARG A=1
FROM base AS build
# comment
COPY a b
ENV X=1
RUN make \\
    test
FROM build
WORKDIR /x
RUN make test
"""


def place(builder: str, number: int, total: int, instruction: str, stage: str = "") -> InstructionPlace:
    step = BuildStep(builder=builder, instruction=instruction, stage=stage, number=number, total=total)  # type: ignore[arg-type]
    return place_of(step, read_stages(parse_dockerfile(TEXT), {}), before=1)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2, InstructionPlace("build", 1, 4, 2)),
        (3, InstructionPlace("build", 2, 4, 4)),
        (5, InstructionPlace("build", 4, 4, 6)),
        (6, InstructionPlace("stage-1", 1, 3, 8)),
        (8, InstructionPlace("stage-1", 3, 3, 10)),
        (9, InstructionPlace("build", 9, 9)),
    ],
)
def test_the_classic_builder_counts_every_instruction(number: int, expected: InstructionPlace) -> None:
    assert place("classic", number, 9, "anything") == expected


@pytest.mark.parametrize(
    ("stage", "number", "total", "instruction", "line"),
    [
        ("build", 2, 3, "COPY a b", 4),
        ("build", 3, 3, "RUN make test", 6),
        ("stage-1", 1, 2, "WORKDIR /x", 9),
        ("stage-1", 2, 2, "RUN make test", 10),
        ("stage-1", 2, 2, "COPY something else", 0),
        ("other", 1, 1, "RUN x", 0),
    ],
)
def test_buildkit_counts_what_changes_files_in_each_stage(
    stage: str, number: int, total: int, instruction: str, line: int
) -> None:
    assert place("buildkit", number, total, instruction, stage).line == line


def test_a_single_stage_has_no_name_for_buildkit() -> None:
    stages = read_stages(parse_dockerfile("FROM scratch\nCOPY a b\n"), {})
    step = BuildStep(builder="buildkit", instruction="COPY a b", number=1, total=1)
    assert place_of(step, stages, before=0) == InstructionPlace("build", 1, 1, 2)
