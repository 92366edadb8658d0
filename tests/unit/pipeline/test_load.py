"""A pipeline file is read, and everything that is wrong with it is found at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit.pipeline.document import parse_scalar
from cdkit.pipeline.load import load
from cdkit.pipeline.model import Choices
from cdkit.pipeline.pipeline import resolve_options
from cdkit.testing.pytest_plugin import Golden
from tests.unit.pipeline.kinds import KINDS, load_text, problems_of

GOLDEN = Path(__file__).parents[2] / "golden"


def test_every_kind_of_mistake_is_told_with_its_place_all_at_once(golden: Golden) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(str(GOLDEN / "problems.yaml"), KINDS, Choices(overrides={"copeis": parse_scalar("4", "--set copeis")}))
    lines = [caught.value.message, *map(str, caught.value.problems)]
    golden(str(GOLDEN / "problems.txt"), "".join(f"{line}\n".replace(f"{GOLDEN}/", "") for line in lines))


def test_a_good_file_gives_its_steps_in_an_order_in_which_they_can_run(tmp_path: Path) -> None:
    pipeline = load_text(
        tmp_path,
        "name: x\nvars: {r: reg}\nsteps:\n"
        "  test: {uses: shell, needs: [build], with: {command: 'true'}}\n"
        "  tell: {uses: shell, env: {IMAGE: '${{ steps.build.image }}'}}\n"
        "  build: {uses: build, with: {repository: '${{ vars.r }}/x', wait: 5m}}\n",
    )
    assert list(pipeline.steps) == ["build", "test", "tell"]
    assert {name: step.depends_on for name, step in pipeline.steps.items()} == {
        "build": (),
        "test": ("build",),
        "tell": ("build",),
    }
    options = resolve_options(pipeline.steps["build"], pipeline.static_scope()).options
    assert (options.repository, options.wait) == ("reg/x", 300.0)
    assert pipeline.workspace == tmp_path


def test_a_mistake_in_the_shape_of_a_step_does_not_hide_those_in_its_options(tmp_path: Path) -> None:
    text = "name: x\nsteps:\n  a:\n    uses: shell\n    timeout: soon\n    neds: []\n    with: {commnad: ls}\n"
    assert [problem.split(" ")[0] for problem in problems_of(tmp_path, text)] == ["5:14:", "6:5:", "7:12:"]


def test_a_key_that_is_not_known_is_never_ignored(tmp_path: Path) -> None:
    text = "name: x\nsteps:\n  a:\n    uses: shell\n    neds: []\n"
    assert problems_of(tmp_path, text) == ["5:5: 'neds' is not known here. Did you mean 'needs'?"]


def test_a_name_with_a_dash_is_explained(tmp_path: Path) -> None:
    text = (
        "name: x\nsteps:\n  my-build: {uses: build, with: {repository: r}}\n"
        "  a: {uses: shell, env: {X: '${{ steps.my-build.image }}'}}\n"
    )
    advice = "`steps.my` is not defined. A dash is a minus in an expression: write `steps['my-build']`."
    assert f"4:29: {advice}" in problems_of(tmp_path, text)


ENVIRONMENTS = (
    "name: x\nvars: {copies: 1, other: a}\n"
    "environments:\n  staging: {namespace: s, vars: {copies: 2}}\n  live: {context: c, vars: {copies: 3}}\n"
    "steps: {a: {uses: build, with: {repository: r, copies: '${{ vars.copies }}', version: '${{ vars.other }}'}}}\n"
)


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    choices = Choices("live", {"other": parse_scalar("1.50", "--set other")})
    pipeline = load_text(tmp_path, ENVIRONMENTS, choices)
    options = resolve_options(pipeline.steps["a"], pipeline.static_scope()).options
    assert (options.copies, options.version) == (3, "1.50")
    assert (pipeline.environment.name, pipeline.environment.context) == ("live", "c")


def test_an_environment_may_need_more_patience(tmp_path: Path) -> None:
    steps = "steps: {a: {uses: build, with: {repository: r}}}"
    text = f"name: x\nenvironments: {{slow: {{patience: 2.5}}, usual: {{}}}}\n{steps}\n"
    assert load_text(tmp_path, text, Choices(environment="slow")).environment.patience == 2.5
    assert load_text(tmp_path, text, Choices(environment="usual")).environment.patience == 1


def test_one_of_several_environments_must_be_chosen(tmp_path: Path) -> None:
    assert problems_of(tmp_path, ENVIRONMENTS) == [
        "4:3: The file has several environments. Choose one with --env: staging, live."
    ]


def test_an_environment_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert problems_of(tmp_path, ENVIRONMENTS, Choices("stagin")) == [
        "4:3: There is no environment 'stagin'. Did you mean 'staging'?"
    ]


def test_the_only_environment_need_not_be_chosen(tmp_path: Path) -> None:
    text = "name: x\nenvironments: {live: {context: c}}\nsteps: {}\n"
    assert load_text(tmp_path, text).environment.name == "live"


def test_a_variable_of_the_command_line_must_be_one_of_the_file(tmp_path: Path) -> None:
    choices = Choices("live", {"copeis": parse_scalar("3", "--set copeis"), "other": parse_scalar("${{ x }}", "--set")})
    assert problems_of(tmp_path, ENVIRONMENTS, choices) == [
        "--set:1:1: Here stands a plain value, not an expression.",
        "--set: the file has no variable 'copeis'. Did you mean 'copies'?",
    ]


def test_a_value_of_the_wrong_type_behind_a_variable_is_found_before_the_run(tmp_path: Path) -> None:
    choices = Choices("live", {"copies": parse_scalar("many", "--set copies")})
    assert problems_of(tmp_path, ENVIRONMENTS, choices) == [
        "6:56: 'copies' must be a whole number; here stands text ('many')."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", "1:1: Here stands a list; a mapping is wanted."),
        ("text", "1:1: Here stands text; a mapping is wanted."),
        ("name: x", "1:1: 'steps' is missing."),
        ("name: x\nsteps:", "2:7: 'steps' must be a mapping; here stands empty."),
        ("name: ''\nsteps: {}", "1:7: 'name': must be text of length >= 1."),
        ("name: x\nsteps: {a: }", "2:12: 'uses' is missing."),
        (
            "name: x\nsteps: {a: {uses: shell, env: {A: {b: c}}}}",
            "2:35: The environment variable 'A' cannot be a mapping.",
        ),
        ("name: x\nsteps: {a: {uses: shell, when: [1]}}", "2:32: `when` must be an expression, true or false."),
    ],
)
def test_a_file_of_another_shape_is_told(tmp_path: Path, text: str, expected: str) -> None:
    assert problems_of(tmp_path, text) == [expected]


def test_a_file_that_cannot_be_read_is_told_without_a_place(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, message in (
        (tmp_path / "none.yaml", f"There is no pipeline file {tmp_path}/none.yaml."),
        (tmp_path, f"The pipeline file {tmp_path} cannot be read: Is a directory."),
        (binary, f"The pipeline file {binary} is not UTF-8 text: invalid start byte."),
    ):
        with pytest.raises(InvalidInput) as caught:
            load(str(path), KINDS)
        assert caught.value.message == message


def test_a_device_without_an_end_is_not_read_to_its_end() -> None:
    with pytest.raises(InvalidInput) as caught:
        load("/dev/zero", KINDS)
    assert "larger than" in str(caught.value.problems[0])


WORDS = st.sampled_from(
    [
        *(
            "name",
            "steps",
            "uses",
            "with",
            "needs",
            "when",
            "env",
            "vars",
            "secrets",
            "environments",
            "timeout",
            "retry",
        ),
        *("build", "shell", "repository", "copies", "a", "b", "x", "true", "3", "1.5", "~", "5m", "[a]", "{a:", "b}"),
        *("${{ vars.a }}", "${{ steps.a.image }}", "${{", "${{}}", "&x", "*x", "<<:", "!t", "|", ">", "-", "?", "''"),
        *('"', "#", "@", "%", ",", "]", "}"),
    ]
)
LINES = st.builds(
    lambda indent, words, colon: " " * indent + (": " if colon else " ").join(words),
    st.integers(0, 6),
    st.lists(WORDS, min_size=1, max_size=4),
    st.booleans(),
)
VALUES = st.recursive(
    WORDS | st.integers() | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(WORDS, below, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=12).map("\n".join) | st.text(max_size=40))
def test_whatever_text_is_in_the_file_it_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        load(str(path), KINDS)
    except InvalidInput as refused:
        assert all(problem.message for problem in refused.problems)  # noqa: PT017 -- either outcome is right


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.dictionaries(st.sampled_from(["a", "b", "c-d"]), st.dictionaries(WORDS, VALUES, max_size=5), max_size=3),
    rest=st.dictionaries(st.sampled_from(["vars", "secrets", "environments"]), VALUES, max_size=2),
)
def test_whatever_stands_in_the_right_shape_it_is_read_or_refused(
    tmp_path: Path, steps: dict[str, object], rest: dict[str, object]
) -> None:
    import json

    path = tmp_path / "any.yaml"
    path.write_text(json.dumps({"name": "x", "steps": steps, **rest}), encoding="utf-8")
    try:
        load(str(path), KINDS)
    except InvalidInput as refused:
        assert refused.problems  # noqa: PT017 -- either outcome is right
