"""The command line, as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cdkit import __version__
from cdkit.cli.app import COMMANDS
from tests.unit.cli.command import ROOT, Here, cdkit

BROUGHT = ("history", "rollback", "status")
"""Commands that our own plugins bring."""

HELLO = ROOT / "pipeline-examples" / "hello"


def write(folder: Path, steps: str, head: str = "name: x") -> None:
    (folder / "cdkit.yaml").write_text(f"{head}\nsteps:\n{steps}", encoding="utf-8")


def test_the_version_is_one_line(tmp_path: Path) -> None:
    ended = cdkit(tmp_path, "--version")
    assert (ended.code, ended.out, ended.err) == (0, f"cdkit {__version__}\n", "")


def test_the_help_lists_the_commands(here: Here, tmp_path: Path) -> None:
    ended = here("--help")
    assert ended.code == 0
    lines = ended.out.split("Commands:\n")[1].splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert listed == sorted({*COMMANDS, *BROUGHT})


def test_each_command_has_its_own_help(here: Here, tmp_path: Path) -> None:
    ended = here("run", "-h")
    assert ended.code == 0
    assert all(option in ended.out for option in ("--file", "--env", "--set", "--jobs", "--dry-run", "--output"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("vaildate",), "There is no command 'vaildate'. Did you mean 'validate'?"),
        (("run", "--jobs", "0"), "0 is not in the range 1<=x<=256"),
        (("run", "--nope"), "No such option"),
        (("validate", "more"), "unexpected extra argument (more)"),
        (("validate", "--set", "copies"), "--set takes NAME=VALUE, not 'copies'. Write it like --set replicas=3."),
        (("validate", "--set", "=3"), "--set takes NAME=VALUE, not '=3'."),
        (("validate", "--set", "copeis=3"), "--set: the file has no variable 'copeis'. Did you mean 'copies'?"),
        (("validate", "--env", "live"), "There is no environment 'live'. There are none."),
        (("steps", "rnu"), "There is no step 'rnu'. Did you mean 'run'?"),
    ],
)
def test_wrong_arguments_end_with_exit_code_2(
    here: Here, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    write(tmp_path, "  a: {uses: run, with: {command: 'true'}}\n", "name: x\nvars: {copies: 1}")
    ended = here(*arguments)
    assert ended.code == 2
    assert said in " ".join(ended.err.replace("│", "").split()).replace("What to do: ", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no pipeline file cdkit.yaml."),
        ("name: [", "cdkit.yaml:2:1: The file is not YAML: did not find expected node content."),
        ("name: x\nsteps: {a: {uses: rn}}", "cdkit.yaml:2:19: There is no step 'rn'. Did you mean 'run'?"),
        (
            "name: x\nsteps: {a: {uses: run, with: {comand: x}}}",
            "cdkit.yaml:2:31: 'comand' is not known here. Did you mean 'command'?",
        ),
        (
            "name: x\nsteps: {a: {uses: run, with: {directory: [x]}}}",
            "cdkit.yaml:2:42: 'directory' must be text; here stands a list.",
        ),
        (
            "name: x\nsteps: {a: {uses: run, needs: [b]}, b: {uses: run, needs: [a]}}",
            "cdkit.yaml:2:9: These steps wait for each other: a -> b -> a.",
        ),
        (
            "name: x\nsteps: {a: {uses: run}, b: {uses: run, with: {command: '${{ steps.a.exit_cod }}'}}}",
            "cdkit.yaml:2:56: The step 'a' (run) has no output 'exit_cod'. Did you mean 'exit_code'?",
        ),
    ],
)
@pytest.mark.parametrize("command", ["validate", "plan", "run"])
def test_bad_input_is_told_and_changes_nothing(
    here: Here, tmp_path: Path, text: str | None, said: str, command: str
) -> None:
    if text is not None:
        (tmp_path / "cdkit.yaml").write_text(text, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    ended = here(command)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "What to do: " in ended.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_valid_file_is_said_to_be_valid(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "  a: {uses: run, with: {command: 'true'}}\n")
    ended = here("validate")
    assert (ended.code, ended.out, ended.err) == (0, "cdkit.yaml is valid: 1 step.\n", "")


def test_the_steps_are_listed_with_what_they_do(here: Here, tmp_path: Path) -> None:
    ended = here("steps")
    assert ended.code == 0
    assert "run                 Run a command of the project: compile, bundle assets, run unit tests.\n" in ended.out


def test_a_step_is_documented_with_its_options_and_outputs(here: Here, tmp_path: Path) -> None:
    ended = here("steps", "run")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "run: Run a command of the project: compile, bundle assets, run unit tests."
    assert "  command (text or a list of text, optional)" in lines
    assert "  directory (text, default .)" in lines
    assert "  exit_code (a whole number)" in lines


NOWHERE = {"DOCKER_HOST": "tcp://127.0.0.1:9", "KUBECONFIG": "/nowhere/kubeconfig"}


@pytest.mark.parametrize("arguments", [("plan",), ("run", "--dry-run")])
def test_a_plan_works_where_there_is_no_world_and_says_what_it_could_not_ask(arguments: tuple[str, ...]) -> None:
    ended = cdkit(HELLO, *arguments, **NOWHERE)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        "unit-tests (run)",
        "image (build-image)",
        "push (push-to-registry)",
        "smoke-test (run-test-pod)",
        "manifests (generate-manifests)",
        "release (rolling-update)",
    ]
    assert "  run  python3 -m unittest discover --start-directory tests --top-level-directory ." in lines
    assert any("could not ask" in line for line in lines[lines.index(heads[-1]) :])
    assert "would fail" not in ended.out


def test_a_plan_that_is_bound_to_fail_says_so_and_ends_with_3(here: Here, tmp_path: Path) -> None:
    write(tmp_path, '  a: {uses: run, with: {command: "echo \'oh"}}\n')
    ended = here("plan")
    assert ended.code == 3
    assert ended.out == "a (run)\n  would fail  The command of 'a' has a quote that is not closed: echo 'oh\n"


def test_a_run_shows_what_it_does_and_records_it_without_secrets(tmp_path: Path) -> None:
    write(
        tmp_path,
        "  tell:\n    uses: run\n    env: {TOKEN: '${{ secrets.TOKEN }}'}\n"
        "    with: {script: 'echo \"got $TOKEN\"; printf %s $TOKEN | base64'}\n",
        "name: x\nsecrets: {TOKEN: {env: MY_TOKEN}}",
    )
    ended = cdkit(tmp_path, "run", MY_TOKEN="correct-horse-battery")
    assert (ended.code, ended.err) == (0, "")
    assert "tell │ got ***\ntell │ ***\n" in ended.out
    (journal,) = tmp_path.glob(".cdkit/runs/*/events.jsonl")
    record = journal.read_text(encoding="utf-8")
    assert "correct-horse" not in record + ended.out
    assert [json.loads(line)["type"] for line in record.splitlines()][-2:] == ["step-finished", "run-finished"]


def test_a_secret_that_is_missing_is_named_with_its_place(here: Here, tmp_path: Path) -> None:
    head = "name: x\nsecrets: {TOKEN: {env: MY_TOKEN}}"
    write(tmp_path, "  a: {uses: run, env: {T: '${{ secrets.TOKEN }}'}, with: {command: 'true'}}\n", head)
    ended = here("run")
    assert ended.code == 3
    message = "The secret 'TOKEN' has no value: the environment variable MY_TOKEN is not set or empty."
    assert f"cdkit.yaml:4:27: {message}" in ended.out


def test_a_command_that_fails_gives_1_and_its_last_lines(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "  a: {uses: run, with: {script: 'echo one; echo two >&2; exit 7'}}\n")
    ended = here("run")
    assert ended.code == 1
    assert "✗ a (run): The script ended with exit code 7.\n    │ one\n    │ two\n  What to do: " in ended.out


def test_events_as_json_are_one_object_a_line(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "  a: {uses: run, with: {command: 'true'}}\n")
    ended = here("run", "--output", "json")
    types = [json.loads(line)["type"] for line in ended.out.splitlines()]
    assert types == [
        "run-started",
        "checks-passed",
        "step-started",
        "options-resolved",
        "step-finished",
        "run-finished",
    ]


def test_a_reader_that_goes_away_does_not_end_the_run(tmp_path: Path) -> None:
    lines = "seq 1 20000"
    write(tmp_path, f"  a: {{uses: run, with: {{script: '{lines}; touch done'}}}}\n")
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"}
    with subprocess.Popen(
        [sys.executable, "-m", "cdkit", "run"],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, "")
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_stream_that_the_shell_has_closed_does_not_matter(tmp_path: Path, stream: str) -> None:
    write(tmp_path, "  a: {uses: run, with: {command: [echo, hello]}}\n")
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}", "PYTHONUTF8": "1"}
    closed = ["sh", "-c", f'exec "$0" -m cdkit run {stream}>&-', sys.executable]
    ended = subprocess.run(closed, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ("hello" in ended.stdout) == (stream == "2")


AT_THE_EXIT = """\
import atexit
from cdkit.api import Step, StepOptions, hookimpl

class Leave(Step):
    "Leaves something for the exit."
    name = "leave"
    class Options(StepOptions, frozen=True):
        "None."
    def run(self, ctx):
        atexit.register(print, "swept")
        return self.Outputs()

@hookimpl
def cdkit_register_steps():
    return [Leave]
"""


def test_what_a_plugin_left_for_the_exit_is_done(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "own.py").write_text(AT_THE_EXIT, encoding="utf-8")
    write(tmp_path, "  a: {uses: leave}\n", "name: x\nplugins: [own.py]")
    ended = cdkit(tmp_path, "run")
    assert (ended.code, ended.out.splitlines()[-1], ended.err) == (0, "swept", "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_commands_and_gives_its_exit_code(tmp_path: Path, number: int, code: int) -> None:
    write(tmp_path, "  a: {uses: run, with: {script: 'echo $$ > pid; echo ready; sleep 60'}}\n")
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}", "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "cdkit", "run"],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert any("ready" in line for line in iter(process.stdout.readline, ""))
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert f"Cancelled with exit code {code}" in out
    assert err == "\nStopping the steps and cleaning up; once more to stop at once.\n"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="utf-8")), 0)


SEVERAL = (
    "name: x\nvars: {a: 1}\nenvironments: {one: {vars: {b: 1}}, two: {vars: {c: 2}}}\n"
    "steps:\n  s: {uses: run, with: {command: 'echo ${{ vars.NAME }}'}}\n"
)


def test_a_file_of_several_environments_has_to_be_valid_for_each(here: Here, tmp_path: Path) -> None:
    (tmp_path / "cdkit.yaml").write_text(SEVERAL.replace("NAME", "a"))
    assert here("validate").code == 0
    (tmp_path / "cdkit.yaml").write_text(SEVERAL.replace("NAME", "b"))
    assert here("validate", "--env", "one").code == 0
    ended = here("validate")
    assert ended.code == 2
    assert "cdkit.yaml has one problem, in the environment 'two'." in ended.err
    assert "`vars.b` is not defined" in ended.err
