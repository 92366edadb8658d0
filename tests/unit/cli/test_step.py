"""One step without a pipeline file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from click.testing import CliRunner
from msgspec import Meta

from cdkit.cli.step import step_command
from cdkit.cli.step_flags import flags_of, options_node
from cdkit.cli.step_secrets import without_secrets
from cdkit.engine.history import MOST_RUNS, run_folders
from cdkit.engine.journal import Journal, run_folder
from cdkit.models.duration import Duration
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.decode import decode
from cdkit.plugin.extensions import PluginExtensions
from cdkit.step import Step, StepContext, StepOptions, StepOutputs
from cdkit_images.build_image import BuildImage
from cdkit_images.push_to_registry import PushToRegistry
from cdkit_pods.run_test_pod import RunTestPod
from tests.unit.cli.command import Here


class Inner(StepOptions, frozen=True, kw_only=True):
    port: int


class Odd(Step):
    """Takes options of every type, some by the names of our own flags."""

    name = "odd"

    class Options(StepOptions, frozen=True, kw_only=True):
        image: Annotated[str, Meta(description="The image.")]
        output: Annotated[str, Meta(description="The file.")]
        namespace: str = ""
        command: str | list[str] = ""
        pull_secrets: list[str] = []
        ports: list[int] = []
        args: dict[str, str] = {}
        limits: dict[str, int] = {}
        pull: Annotated[bool, Meta(description="Pull first.")] = False
        copies: Annotated[int | None, Meta(ge=1)] = None
        surge: int | str = 1
        kind: Literal["a", "b"] = "a"
        wait: Duration = Duration(600)
        inner: Inner | None = None
        anything: Any = None

    options: Options

    def run(self, ctx: StepContext) -> StepOutputs:
        return self.Outputs()


def read(**values: Any) -> tuple[Any, list[str]]:
    """The options that a command line gives, and what is wrong with it."""
    problems: list[Problem] = []
    given = {f"step_option_{name}": value for name, value in {"image": "i", "output": "o", **values}.items()}
    node = options_node(flags_of(Odd.Options), given, Position("odd", 1, 1), problems)
    return decode(node, Odd.Options, problems), [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("image", "1.50", "1.50"),
        ("image", "null", "null"),
        ("command", ("make all",), "make all"),
        ("command", ("make", "all"), ["make", "all"]),
        ("pull_secrets", ("a",), ["a"]),
        ("ports", ("80", "81"), [80, 81]),
        ("args", ("A=1.50", "B=x=y", "C="), {"A": "1.50", "B": "x=y", "C": ""}),
        ("limits", ("a=3",), {"a": 3}),
        ("pull", False, False),
        ("pull", True, True),
        ("copies", "3", 3),
        ("copies", "", None),
        ("surge", "25%", "25%"),
        ("surge", "2", 2),
        ("kind", "b", "b"),
        ("wait", "5m", 300.0),
        ("inner", "{port: 80}", Inner(port=80)),
        ("anything", "[1, x]", [1, "x"]),
    ],
)
def test_a_flag_gives_what_the_file_would(name: str, given: Any, expected: Any) -> None:
    options, problems = read(**{name: given})
    assert (problems, getattr(options, name)) == ([], expected)


def test_a_value_with_options_of_its_own_is_written_as_in_the_file() -> None:
    problems: list[Problem] = []
    services = ("db={image: postgres:16, env: {POSTGRES_PASSWORD: test}, ports: [5432]}",)
    given = {"step_option_image": "tests", "step_option_services": services}
    node = options_node(flags_of(RunTestPod.Options), given, Position("run-test-pod", 1, 1), problems)
    options = decode(node, RunTestPod.Options, problems)
    assert problems == []
    assert options is not None
    assert (options.services["db"].ports, options.services["db"].env) == ([5432], {"POSTGRES_PASSWORD": "test"})


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("copies", "0", "'copies': must be a whole number >= 1."),
        ("copies", "many", "'copies' must be a whole number; here stands text ('many')."),
        ("kind", "c", "'kind' cannot be 'c'."),
        ("args", ("A",), "--args takes NAME=VALUE, not 'A'."),
        ("inner", "{port: x}", "'port' must be a whole number; here stands text ('x')."),
        ("inner", "{", "The file is not YAML: did not find expected node content."),
    ],
)
def test_a_wrong_value_is_told_as_in_the_file(name: str, given: Any, expected: str) -> None:
    assert read(**{name: given})[1] == [expected]


def test_all_that_is_missing_and_wrong_is_told_at_once(here: Here) -> None:
    ended = here("step", "set-image", "--kind", "pod", "--wait", "soon", "--partition", "-1")
    assert (ended.code, ended.out) == (2, "")
    told = [line.removeprefix("    │ ") for line in ended.err.splitlines()]
    assert "--workload is missing: The workload's name." in told
    assert (
        "--kind: 'kind' cannot be 'pod'. Known: cronjob, daemonset, deployment, replicationcontroller, statefulset."
        in told
    )
    assert "--partition: 'partition': must be a whole number >= 0." in told
    assert "--wait: 'wait': 'soon' is not a duration; write it like 90s, 5m or 1h30m." in told


def test_a_flag_of_the_step_wins_over_one_of_ours_of_the_same_name() -> None:
    text = CliRunner().invoke(step_command(Odd, PluginExtensions()), ["--help"]).output
    assert "--output TEXT" in text
    assert "-o [text|json]" in text
    assert "--namespace TEXT" in text
    assert "-n NAMESPACE" in text
    assert "--kube-context, --context CONTEXT" in text
    assert "--pull / --no-pull" in text
    assert "--pull-secrets TEXT" in text
    assert "--args NAME=VALUE" in text
    assert "--kind [a|b]" in text
    assert "--wait DURATION" in text
    assert "[default: 10m]" in text


def test_a_step_runs_and_its_outputs_stand_at_the_end(here: Here, tmp_path: Path) -> None:
    ended = here("step", "run", "--script", "echo hello > told; echo done")
    assert (ended.code, ended.err) == (0, "")
    assert "run │ done\n" in ended.out
    assert ended.out.endswith("exit_code: 0\n")
    assert (tmp_path / "told").read_text() == "hello\n"
    assert len(list(tmp_path.glob(".cdkit/runs/*/events.jsonl"))) == 1


def test_with_json_nothing_but_the_outputs_is_on_stdout(here: Here) -> None:
    ended = here("step", "run", "--command", "echo", "--command", "hello there", "-o", "json")
    assert (ended.code, json.loads(ended.out)) == (0, {"exit_code": 0})
    assert "run │ hello there\n" in ended.err


def test_a_step_that_fails_gives_its_exit_code_and_no_outputs(here: Here) -> None:
    ended = here("step", "run", "--command", "false", "-o", "json")
    assert (ended.code, ended.out) == (1, "")


def test_a_check_that_fails_gives_3(here: Here) -> None:
    ended = here("step", "run", "--command", "true", "--directory", "nowhere")
    assert ended.code == 3
    assert "The directory of 'run' does not exist: nowhere" in ended.out


def test_a_program_takes_no_expressions(here: Here) -> None:
    ended = here("step", "run", "--script", "echo ${{ build.commit }}")
    assert ended.code == 2
    assert "--script: 'script' may not hold `${{ }}`" in ended.err


def test_a_step_that_is_not_there_is_told(here: Here) -> None:
    ended = here("step", "rnu")
    assert ended.code == 2
    assert "There is no step 'rnu'." in ended.err
    assert "Did you mean 'run'?" in ended.err


def test_a_secret_may_not_stand_on_the_command_line(here: Here) -> None:
    ended = here("step", "push-to-registry", "--image", "r.example/a:1", "--username", "me", "--password", "hunter2")
    assert ended.code == 2
    assert "--password would show a secret to everybody who may list the processes" in ended.err
    assert "--password env:NAME" in ended.err
    assert "hunter2" not in ended.out + ended.err


def test_a_secret_comes_from_where_the_flag_says(here: Here) -> None:
    ended = here(
        "step", "push-to-registry", "--image", "r.example/a:1", "--username", "me", "--password", "env:NO_SUCH"
    )
    assert ended.code == 3
    assert "the environment variable NO_SUCH is not set" in ended.out + ended.err


@pytest.mark.parametrize(
    ("given", "source"),
    [("env:TOKEN", {"env": "TOKEN"}), ("file:./a:b", {"file": "./a:b"}), ("-", {"file": "/dev/stdin"})],
)
def test_a_secret_is_read_as_one_of_a_pipeline_file(given: str, source: dict[str, str]) -> None:
    flags = flags_of(PushToRegistry.Options)
    problems: list[Problem] = []
    shown, sources = without_secrets(flags, {"step_option_password": given, "step_option_image": "a"}, problems)
    assert shown == {"step_option_password": "${{ secrets.password }}", "step_option_image": "a"}
    assert (sources, problems) == ({"password": source}, [])


@pytest.mark.parametrize("given", ["hunter2", "env:", "vault:hunter2", "", "file:"])
def test_what_names_no_source_is_refused_and_not_repeated(given: str) -> None:
    problems: list[Problem] = []
    without_secrets(flags_of(PushToRegistry.Options), {"step_option_password": given}, problems)
    assert len(problems) == 1
    assert "hunter2" not in str(problems[0])


def test_secrets_by_name_come_from_a_source_each() -> None:
    problems: list[Problem] = []
    given = {"step_option_secrets": ("npm=env:NPM", "pip=file:pip.conf", "nothing")}
    shown, sources = without_secrets(flags_of(BuildImage.Options), given, problems)
    assert shown["step_option_secrets"] == ("npm=${{ secrets.secrets_0 }}", "pip=${{ secrets.secrets_1 }}", "nothing")
    assert sources == {"secrets_0": {"env": "NPM"}, "secrets_1": {"file": "pip.conf"}}
    assert problems == []


def test_the_help_says_where_a_secret_may_come_from() -> None:
    text = " ".join(CliRunner().invoke(step_command(PushToRegistry, PluginExtensions()), ["--help"]).output.split())
    assert "env:NAME, file:PATH, or - for the standard input" in text


def test_the_application_is_the_folder_so_that_projects_do_not_share_what_they_deploy(
    here: Here, tmp_path: Path
) -> None:
    assert here("step", "run", "--command", "true").code == 0
    (journal,) = tmp_path.glob(".cdkit/runs/*/events.jsonl")
    assert json.loads(journal.read_text(encoding="utf-8").splitlines()[0])["pipeline"] == tmp_path.name


def test_its_record_is_one_of_as_many_as_are_kept_of_runs(here: Here, tmp_path: Path) -> None:
    for number in range(MOST_RUNS):
        Journal(run_folder(tmp_path, f"20200101-0000{number:02}-0000")).close()
    assert here("step", "run", "--command", "true").code == 0
    left = [folder.name for folder in run_folders(tmp_path)]
    assert len(left) == MOST_RUNS + 1, "the new one comes to those that were kept"
    assert here("step", "run", "--command", "true").code == 0
    assert "20200101-000000-0000" not in [folder.name for folder in run_folders(tmp_path)]
