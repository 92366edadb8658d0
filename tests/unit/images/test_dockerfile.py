"""Dockerfiles are read as Docker reads them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit_images.dockerfile import Reach, Stage, parse_dockerfile, reach_in_order, reach_of, read_stages
from cdkit_images.dockerfile.words import expand


def stages(text: str, platform: str = "linux/amd64", **args: str) -> tuple[Stage, ...]:
    return read_stages(parse_dockerfile(text), args, platform)


def reach(text: str, target: str = "", **args: str) -> Reach:
    return reach_of(stages(text, **args), target)


def bases(text: str, **args: str) -> list[str]:
    return [image.reference for image in reach(text, **args).images]


# Instructions


def test_an_instruction_knows_its_lines() -> None:
    dockerfile = parse_dockerfile("# a comment\n\nFROM scratch\nRUN one && \\\n  # inside\n\n  two\nCMD x\n")
    assert [(each.keyword, each.line, each.end_line) for each in dockerfile.instructions] == [
        ("FROM", 3, 3),
        ("RUN", 4, 7),
        ("CMD", 8, 8),
    ]
    assert dockerfile.instructions[1].text == "one &&   two"


def test_windows_line_ends_and_a_byte_order_mark_are_no_part_of_it() -> None:
    dockerfile = parse_dockerfile("\ufeffFROM scratch\r\nCOPY a \\\r\n b\r\n")
    assert dockerfile.instructions[1].words() == ["a", "b"]


def test_flags_stand_before_the_arguments_and_lose_their_quotes() -> None:
    copy = parse_dockerfile('FROM scratch\ncopy --from="build" --chown=1:1 a --b c\n').instructions[1]
    assert copy.keyword == "COPY"
    assert copy.flags == ("--from=build", "--chown=1:1")
    assert copy.words() == ["a", "--b", "c"]


def test_a_list_in_json_keeps_its_spaces() -> None:
    copy = parse_dockerfile('FROM scratch\nCOPY ["a b", "c"]\n').instructions[1]
    assert copy.words() == ["a b", "c"]


def test_the_escape_directive_changes_what_continues_a_line() -> None:
    dockerfile = parse_dockerfile("# escape=`\nFROM scratch\nCOPY a\\ `\n b\n")
    assert dockerfile.escape == "`"
    assert dockerfile.instructions[1].words() == ["a\\", "b"]


@pytest.mark.parametrize("text", ["\n# escape=`\nFROM a\n", "# hello\n# escape=`\nFROM a\n", "FROM a\n# escape=`\n"])
def test_a_directive_counts_only_above_everything_else(text: str) -> None:
    assert parse_dockerfile(text).escape == "\\"


def test_the_syntax_directive_is_kept() -> None:
    assert parse_dockerfile("#syntax=docker/dockerfile:1\n# escape=\\\nFROM a\n").directives == {
        "syntax": "docker/dockerfile:1",
        "escape": "\\",
    }


def test_an_escaped_escape_does_not_continue_a_line() -> None:
    assert len(parse_dockerfile("FROM scratch\nRUN dir c:\\\\\nRUN x\n").instructions) == 3


def test_a_heredoc_belongs_to_its_instruction() -> None:
    text = (
        "FROM a\nRUN <<EOF\nFROM b\n# no comment\nEOF\n"
        "COPY <<-'one' <<two local /x/\n\tfirst\n\tone\nsecond\ntwo\nCMD x\n"
    )
    _, run, copy, cmd = parse_dockerfile(text).instructions
    assert [(each.name, each.content) for each in run.heredocs] == [("EOF", "FROM b\n# no comment\n")]
    assert [(each.name, each.content) for each in copy.heredocs] == [("one", "\tfirst\n"), ("two", "second\n")]
    assert (run.end_line, copy.end_line, cmd.line) == (5, 10, 11)
    assert reach(text).paths == ("local",)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("FROM a\nFORM b\n", 2, "no instruction 'FORM'"),
        ("", 1, "no instruction in it"),
        ("RUN x\nFROM a\n", 1, "before the first FROM"),
        ("ARG X\n", 1, "no FROM"),
        ("FROM a\nRUN <<EOF\nx\n", 2, "no end"),
        ("# escape=x\nFROM a\n", 1, "escape character"),
        ("# escape=`\n# escape=`\nFROM a\n", 2, "twice"),
        ("FROM ${NOTHING}\n", 1, "names no image"),
        ("FROM a b\n", 1, "`image AS name`"),
        ("FROM a\nARG X\nCOPY ${X a\n", 3, "closing"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as wrong:
        stages(text)
    position = wrong.value.problems[0].position
    assert position is not None
    assert (position.file, position.line) == ("Dockerfile", line)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="FROM COPYRUN<EOF>ab\\`#=\"'${}:-+/*[],.\n\t ", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert stages(text)


# Words


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ("$A-$B", "1-two words"),
        ("${A}2", "12"),
        ("$A2", ""),
        ("'$A'", "$A"),
        ('"$A"', "1"),
        ('"a\\"b"', 'a"b'),
        ("\\$A", "$A"),
        ("a\\ b", "a b"),
        ("$", "$"),
        ("a$/b", "a$/b"),
        ("${NONE:-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${A:+x}", "x"),
        ("${EMPTY:+x}", ""),
        ("${EMPTY+x}", "x"),
        ("${NONE:-$A}", "1"),
        ("${NONE:-${NONE:-deep}}", "deep"),
        ("${PATHS#*/}", "b/c"),
        ("${PATHS##*/}", "c"),
        ("${PATHS%/*}", "a/b"),
        ("${PATHS%%/*}", "a"),
        ("${PATHS/\\//-}", "a-b/c"),
        ("${PATHS//\\//-}", "a-b-c"),
        ("$1", ""),
    ],
)
def test_words_are_expanded_as_docker_does(word: str, expected: str) -> None:
    values = {"A": "1", "B": "two words", "EMPTY": "", "PATHS": "a/b/c"}
    assert expand(word, values.get) == expected


def test_a_variable_that_is_demanded_and_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match="VERSION: give one"):
        expand("${VERSION:?give one}", lambda _: None)


# Stages and base images


def test_base_images_are_known_after_substitution() -> None:
    text = "ARG BASE=python\nARG TAG=3.11\nFROM ${BASE}:$TAG AS build\nFROM build\n"
    assert bases(text) == ["python:3.11"]
    assert bases(text, TAG="3.12") == ["python:3.12"]


def test_an_argument_that_no_arg_declares_changes_nothing() -> None:
    assert bases("ARG TAG=1\nFROM a:$TAG-$OTHER\n", OTHER="x") == ["a:1-"]


def test_platform_arguments_are_given_by_docker() -> None:
    found = stages("FROM --platform=$BUILDPLATFORM base-$TARGETARCH$TARGETVARIANT\n", "linux/arm/v7")
    base = found[0].base
    assert base is not None
    assert base.reference == "base-armv7"
    assert base.platform.startswith("linux/")


def test_scratch_is_no_image() -> None:
    assert bases("FROM scratch\nCOPY a b\n") == []


def test_images_that_are_copied_from_count_as_bases() -> None:
    text = "FROM a:1\nCOPY --from=tools:2 /x /x\nRUN --mount=type=bind,from=more:3,target=/m true\n"
    assert bases(text) == ["a:1", "tools:2", "more:3"]


def test_only_stages_that_the_target_needs_are_reached() -> None:
    text = (
        "FROM a AS one\nCOPY x .\nFROM b AS two\nCOPY y .\nFROM c AS three\nCOPY --from=ONE / /\n"
        "FROM d AS four\nRUN --mount=from=1,target=/m true\n"
    )
    assert [stage.name for stage in reach(text).stages] == ["two", "four"]
    assert [stage.name for stage in reach(text, "three").stages] == ["one", "three"]
    assert reach(text, "three").paths == ("x",)
    assert [stage.name for stage in reach(text, "1").stages] == ["two"]


def test_the_classic_builder_builds_all_stages_up_to_the_target() -> None:
    found = stages("FROM a AS one\nCOPY x .\nFROM b AS two\nCOPY y .\nFROM c\n")
    assert reach_in_order(found, "two").paths == ("x", "y")


def test_a_stage_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match="no stage 'prod'") as wrong:
        reach("FROM a AS build\nFROM b AS release\n", "prod")
    assert "build, release" in wrong.value.remedy


def test_a_stage_may_be_copied_from_before_it_stands_there() -> None:
    text = "FROM a AS one\nCOPY --from=two / /\nFROM b AS two\nCOPY y .\n"
    assert [stage.name for stage in reach(text, "one").stages] == ["one", "two"]


# What of the context is seen


@pytest.mark.parametrize(
    ("instructions", "paths"),
    [
        ("COPY a b c /x/", ["a", "b", "c"]),
        ('COPY ["a b", "/x"]', ["a b"]),
        ("COPY --from=tools a /x", []),
        ("COPY --chown=1 src/ /x", ["src/"]),
        ("ADD a.tar https://example.org/b git@example.org:c.git /x", ["a.tar"]),
        ("RUN --mount=type=bind,source=go.mod,target=go.mod go build", ["go.mod"]),
        ("RUN --mount=target=. make", ["/"]),
        ("RUN --mount=type=cache,target=/c --mount=type=secret,id=a make", []),
        ("ENV D=src\nCOPY $D/a /x", ["src/a"]),
        ("ARG D=src\nCOPY ${D}/a /x", ["src/a"]),
        ("ARG D=src\nENV D=lib\nCOPY ${D}/a /x", ["lib/a"]),
        ("ENV D src one\nCOPY ${D} /x", ["src one"]),
        ("ENV A=1 B=$A\nENV A=2\nCOPY $A$B$C /x", ["."]),
        ("COPY $HOME/a /x", ["."]),
        ("ONBUILD COPY a /x", []),
    ],
)
def test_the_paths_that_are_seen(instructions: str, paths: list[str]) -> None:
    assert list(reach(f"FROM base\n{instructions}\n").paths) == paths


def test_a_build_argument_changes_what_is_seen() -> None:
    assert reach("FROM base\nARG D=src\nCOPY $D /x\n", D="lib").paths == ("lib",)


def test_an_argument_above_the_first_from_must_be_brought_in() -> None:
    text = "ARG D=src\nFROM base\nARG D\nCOPY $D /x\nFROM scratch\nCOPY a$D /x\n"
    assert reach(text, "0").paths == ("src",)
    assert reach(text).paths == ("a",)


def test_a_stage_that_begins_with_another_has_its_environment() -> None:
    assert reach("FROM base AS one\nENV D=src\nFROM one\nCOPY $D /x\n").paths == ("src",)


def test_a_trigger_is_done_by_the_stage_that_begins_with_its_stage() -> None:
    text = "FROM base AS one\nONBUILD COPY a /x\nFROM one\nCOPY b /x\n"
    assert reach(text, "one").paths == ()
    assert [(source.path, source.line) for source in reach(text).sources] == [("a", 2), ("b", 4)]
