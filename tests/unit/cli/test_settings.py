"""Settings, as Drone, Woodpecker and GitHub hand them in: lists, mappings, dashes, and what they make of numbers."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import Meta

from cdkit.cli.settings import arguments_of
from cdkit.errors import InvalidInput
from cdkit.step import NoOutputs, Step, StepContext, StepOptions


class Push(Step):
    """Push something."""

    name = "push"

    class Options(StepOptions, frozen=True, kw_only=True):
        image: str
        tags: Annotated[list[str], Meta(extra={"separable": True})] = []
        command: list[str] = []
        build_args: dict[str, str] = {}
        overwrite: bool = False
        replicas: int = 1

    options: Options

    def run(self, ctx: StepContext) -> NoOutputs:
        return NoOutputs()


def read(**settings: str) -> list[str]:
    environ = {f"PLUGIN_{name.upper()}": value for name, value in settings.items()}
    return arguments_of({**environ, "PATH": "/bin"}, "PLUGIN_", {"push": Push})


def problems(**settings: str) -> str:
    with pytest.raises(InvalidInput) as raised:
        read(**settings)
    return "\n".join(map(str, raised.value.problems))


def test_a_setting_is_an_option_of_the_step() -> None:
    assert read(step="push", image="r/web:1", replicas="3") == ["step", "push", "--image=r/web:1", "--replicas=3"]


def test_dashes_dots_and_capitals_name_the_same_option() -> None:
    for name in ("PLUGIN_BUILD-ARGS", "PLUGIN_BUILD_ARGS", "PLUGIN_BUILD.ARGS"):
        given = {"PLUGIN_STEP": "push", name: '{"A": "1"}'}
        assert arguments_of(given, "PLUGIN_", {"push": Push})[2:] == ["--build-args=A=1"]


def test_a_joined_list_is_taken_apart_where_its_items_can_hold_no_comma() -> None:
    assert read(step="push", tags="1.2,latest")[2:] == ["--tags=1.2", "--tags=latest"]


def test_a_joined_list_that_cannot_be_told_apart_is_refused_with_what_to_write() -> None:
    said = problems(step="push", command="sh,-c,echo a, b")
    assert "where one ends cannot be told" in said
    assert """command: '["sh", "-c", "echo a", " b"]'""" in said


@pytest.mark.parametrize("value", ['["sh", "-c", "echo a, b"]', "sh\n-c\necho a, b"])
def test_json_or_lines_tell_every_list_apart(value: str) -> None:
    assert read(step="push", command=value)[2:] == ["--command=sh", "--command=-c", "--command=echo a, b"]


def test_one_item_needs_no_list() -> None:
    assert read(step="push", command="true")[2:] == ["--command=true"]


def test_a_mapping_is_json_or_lines() -> None:
    wanted = ["--build-args=A=1", "--build-args=B=x=y, z"]
    assert read(step="push", build_args='{"A": 1, "B": "x=y, z"}')[2:] == wanted
    assert read(step="push", build_args="A=1\nB=x=y, z")[2:] == wanted


def test_a_mapping_that_came_as_a_joined_list_is_refused_with_what_to_write() -> None:
    assert 'build_args: {A: "1", B: "2"}' in problems(step="push", build_args="A=1,B=2")


@pytest.mark.parametrize(
    ("value", "flag"), [("true", "--overwrite"), ("false", "--no-overwrite"), ("NO", "--no-overwrite")]
)
def test_a_switch_is_true_or_false(value: str, flag: str) -> None:
    assert read(step="push", overwrite=value)[2:] == [flag]


def test_a_number_that_the_server_has_mangled_is_found() -> None:
    assert "how it was written is lost" in problems(step="push", image="9.334553e+06")


def test_every_problem_is_told_at_once_with_what_was_meant() -> None:
    said = problems(step="push", imgae="x", overwrite="perhaps", build_args="{")
    assert "did you mean" in said.lower()
    assert "Write true or false" in said
    assert "begins like JSON" in said


def test_a_step_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no step 'psuh'"):
        read(step="psuh")


def test_without_a_step_the_settings_are_those_of_a_run() -> None:
    arguments = read(file="ci.yaml", env="staging", set='{"replicas": 3}', only="test,push", dry_run="true", jobs="2")
    assert arguments == [
        "run",
        "--file=ci.yaml",
        "--env=staging",
        "--set=replicas=3",
        "--only=test",
        "--only=push",
        "--dry-run",
        "--jobs=2",
    ]


def test_what_is_empty_was_not_given() -> None:
    assert arguments_of({"INPUT_STEP": "", "INPUT_FILE": ""}, "INPUT_", {}) == ["run"]
