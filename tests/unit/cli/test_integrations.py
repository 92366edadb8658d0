"""The files by which build servers take cdkit in follow the options of the steps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cdkit.cli.app import app
from cdkit.cli.integrations.files import FILES
from cdkit.cli.integrations.github import SET_UP, action
from cdkit.cli.integrations.gitlab import component
from cdkit.cli.integrations.jenkins import OF_THE_STEP
from cdkit.cli.integrations.reference import page
from cdkit.cli.settings import settings_of, settings_of_run
from cdkit.cli.wiring import load_registry

REPOSITORY = Path(__file__).parents[3]
STEPS = load_registry().steps


@pytest.mark.parametrize("name", FILES)
def test_the_files_of_the_repository_are_as_they_would_be_written(name: str) -> None:
    written = (REPOSITORY / name).read_text(encoding="utf-8")
    assert written == FILES[name](STEPS), "cdkit generate-integrations writes them again"


def test_the_command_writes_what_is_missing_and_says_what_is_out_of_date(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["generate-integrations", str(tmp_path)]).exit_code == 0
    assert CliRunner().invoke(app, ["generate-integrations", "--check", str(tmp_path)]).stdout == ""
    (tmp_path / "action.yml").write_text("old", encoding="utf-8")
    checked = CliRunner().invoke(app, ["generate-integrations", "--check", str(tmp_path)])
    assert (checked.exit_code, checked.stdout) == (1, "action.yml is not as it would be written\n")
    assert (tmp_path / "action.yml").read_text(encoding="utf-8") == "old"


def test_the_action_has_every_option_of_every_step_and_hands_all_of_them_on_by_the_environment() -> None:
    document = yaml.safe_load(action(STEPS))
    wanted = {setting.name for step in STEPS.values() for setting in settings_of(step)}
    assert wanted <= set(document["inputs"])
    given = document["runs"]["steps"][1]["env"]
    assert given == {f"INPUT_{name.upper()}": f"${{{{ inputs.{name} }}}}" for name in document["inputs"]}
    assert all("${{" not in step["run"] for step in document["runs"]["steps"])
    assert all("uses" not in step for step in document["runs"]["steps"])


def test_the_component_is_a_header_and_a_job_with_reports() -> None:
    head, job = yaml.safe_load_all(component(STEPS))
    (body,) = job.values()
    used = set(body["variables"].values()) - {"50"}
    assert used <= {f"$[[ inputs.{name} ]]" for name in head["spec"]["inputs"]}
    assert body["artifacts"]["reports"]["dotenv"] == ".cdkit/reports/outputs.env"


def test_the_jenkins_step_hands_on_all_but_what_its_help_says_is_its_own() -> None:
    library = (REPOSITORY / "vars" / "cdkit.groovy").read_text(encoding="utf-8")
    (own,) = re.findall(r"OWN_SETTINGS = \[(.*)\]", library)
    assert re.findall(r"'(\w+)'", own) == list(OF_THE_STEP)
    assert not set(OF_THE_STEP) & {setting.name for step in STEPS.values() for setting in settings_of(step)}
    assert not set(OF_THE_STEP) & {setting.name for setting in settings_of_run()}


def test_the_page_of_settings_has_a_section_for_every_step() -> None:
    text = page(STEPS)
    assert all(f"## `step: {name}`" in text for name in STEPS)


def test_the_action_says_what_to_do_where_there_is_no_python(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path), "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(REPOSITORY)}
    ended = subprocess.run(["/bin/bash", "-c", SET_UP], env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 4
    assert "::error title=cdkit::There is no Python 3.11" in ended.stdout


def test_the_action_runs_a_step_in_the_environment_that_github_documents(tmp_path: Path) -> None:
    place = tmp_path / "cdkit" / "bin"
    place.mkdir(parents=True)
    (place / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (place / "python").chmod(0o755)
    command = yaml.safe_load(action(STEPS))["runs"]["steps"][1]["run"].replace(" -I ", " ")
    search = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "plugins")])
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": search,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTIONS": "true",
        "NO_COLOR": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "INPUT_STEP": "run",
        "INPUT_COMMAND": '["echo", "a, b"]',
        "INPUT_FILE": "",
    }
    shell = ["/bin/bash", "-eo", "pipefail", "-c", command]
    ended = subprocess.run(shell, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "run │ a, b" in ended.stdout
    assert "outputs<<" in (tmp_path / "output").read_text(encoding="utf-8")
