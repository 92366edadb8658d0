"""A run on a build server: what it prints there, and the files that the server reads."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cdkit.cli.app import app
from cdkit.cli.guard import guarded
from cdkit.cli.native import files_of
from cdkit.models.event import StepFinished
from cdkit.models.result import StepResult
from cdkit.report.collected import Collected
from cdkit.report.native.azure import Azure
from cdkit.report.native.dialect import Dialect
from cdkit.report.native.teamcity import TeamCity

PIPELINE = """\
name: shop
secrets: {TOKEN: {env: SHOP_TOKEN}}
steps:
  test: {uses: run, with: {command: [echo, "hello ${{ secrets.TOKEN }}"]}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cdkit.yaml").write_text(PIPELINE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, **environ: str) -> str:
    result = CliRunner().invoke(app, ["run", *arguments], env={"SHOP_TOKEN": "s3cret-value", **environ})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_github_hides_secrets_folds_steps_and_gets_summary_and_outputs(folder: Path) -> None:
    files = {"GITHUB_OUTPUT": str(folder / "outputs"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    (folder / "summary").write_text("from an earlier step\n", encoding="utf-8")
    lines = run(GITHUB_ACTIONS="true", **files).splitlines()
    assert lines[0] == "::add-mask::s3cret-value"
    assert "::group::test (run)" in lines
    assert not any("s3cret" in line for line in lines[1:])
    assert json.loads((folder / "outputs").read_text(encoding="utf-8").splitlines()[1]) == {"test": {"exit_code": 0}}
    summary = (folder / "summary").read_text(encoding="utf-8")
    assert summary.startswith("from an earlier step\n### ✅ shop: done")


def test_gitlab_folds_steps_and_gets_reports(folder: Path) -> None:
    assert "section_start:" in run(GITLAB_CI="true")
    reports = folder / ".cdkit" / "reports"
    assert (reports / "outputs.env").read_text(encoding="utf-8") == "TEST_EXIT_CODE=0\n"
    assert 'testcase classname="shop" name="test"' in (reports / "junit.xml").read_text(encoding="utf-8")
    assert (reports / "junit.xml").stat().st_mode & 0o077 == 0


def test_gitlab_finds_the_reports_of_a_pipeline_in_a_folder_below_the_checkout(folder: Path) -> None:
    service = folder / "shop"
    service.mkdir()
    (folder / "cdkit.yaml").rename(service / "cdkit.yaml")
    run("--file", "shop/cdkit.yaml", GITLAB_CI="true")
    assert (folder / ".cdkit" / "reports" / "junit.xml").exists()


def test_azure_gets_outputs_as_variables_of_the_step_and_the_summary(folder: Path) -> None:
    lines = run(TF_BUILD="True").splitlines()
    assert "##vso[task.setvariable variable=TEST_EXIT_CODE;isOutput=true]0" in lines
    (attached,) = [line for line in lines if line.startswith("##vso[task.uploadsummary]")]
    assert "shop: done" in Path(attached.partition("]")[2]).read_text(encoding="utf-8")


def test_teamcity_gets_outputs_as_parameters_and_the_steps_as_tests(folder: Path) -> None:
    lines = run(TEAMCITY_VERSION="2024.12").splitlines()
    assert "##teamcity[setParameter name='cdkit.TEST_EXIT_CODE' value='0']" in lines
    assert any(line.startswith("##teamcity[importData type='junit' path='/") for line in lines)


@pytest.mark.parametrize("dialect", [Azure(), TeamCity()])
def test_a_value_that_is_handed_on_is_one_command_whatever_it_holds(dialect: Dialect) -> None:
    (line,) = dialect.hand_on("URL", "a']\n##vso[task.complete]\n##teamcity[buildStop]")
    assert "\n" not in line
    assert line[2:].count("##vso[") + line[2:].count("##teamcity[") == 0


def test_drone_gets_a_card_in_the_log_or_in_a_file_where_a_template_is_named(folder: Path) -> None:
    drone = {"CI": "true", "DRONE": "true", "DRONE_CARD_PATH": "/dev/stdout"}
    assert "\x1b]1338;" not in run(**drone)
    named = {**drone, "CDKIT_CARD_TEMPLATE": "https://example.org/card.json"}
    assert "\n\x1b]1338;" in run(**named)
    run(**{**named, "DRONE_CARD_PATH": str(folder / "card.json")})
    assert json.loads((folder / "card.json").read_text(encoding="utf-8"))["data"]["pipeline"] == "shop"


AGENT = """\
#!/bin/sh
echo "$@" >> "$0.log"
cat >> "$0.log"
exit "${AGENT_ENDS_WITH-0}"
"""


@pytest.mark.parametrize("code", ["0", "1"])
def test_the_agent_of_buildkite_gets_the_summary_and_the_outputs_and_cannot_fail_the_run(
    folder: Path, code: str
) -> None:
    agent = folder / "bin" / "buildkite-agent"
    agent.parent.mkdir()
    agent.write_text(AGENT, encoding="utf-8")
    agent.chmod(0o755)
    path = f"{agent.parent}{os.pathsep}{os.environ['PATH']}"
    run(CI="true", BUILDKITE="true", PATH=path, AGENT_ENDS_WITH=code)
    told = agent.with_name("buildkite-agent.log").read_text(encoding="utf-8")
    assert told.startswith("annotate --context cdkit --style success\n### ✅ shop: done")
    assert told.endswith('meta-data set cdkit:outputs\n{"test":{"exit_code":0}}')


def test_tekton_gets_a_file_for_each_result_that_there_is(tmp_path: Path) -> None:
    run = Collected()
    outputs = {"digest": "sha256:1", "tag": "v1"}
    run.take(StepFinished(step="push", result=StepResult(step="push", status="succeeded", outputs=outputs)))
    for file in files_of("tekton", tmp_path, results=tmp_path):
        file.write(run)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"digest": "sha256:1"}


def test_json_stays_json_on_every_server(folder: Path) -> None:
    for line in run("--output", "json", GITHUB_ACTIONS="true").splitlines():
        json.loads(line)


def test_reports_can_be_asked_for_anywhere(folder: Path) -> None:
    run("--report", "markdown=out/summary.md", "--report", "junit=out/junit.xml")
    assert "shop: done" in (folder / "out" / "summary.md").read_text(encoding="utf-8")
    assert (folder / "out" / "junit.xml").exists()


@pytest.mark.parametrize("report", ["junit", "junit=", "pdf=x"])
def test_a_report_that_does_not_exist_is_refused_with_those_that_do(
    folder: Path, report: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert guarded(["run", "--report", report]) == 2
    assert "markdown=FILE" in capfd.readouterr().err


def test_a_mistake_in_the_pipeline_file_is_shown_at_its_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "cdkit.yaml").write_text("name: shop\nsteps:\n  test: {uses: ruin}\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert guarded(["run"]) == 2
    (note,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("::error ")]
    assert note.startswith("::error file=cdkit.yaml,line=3,col=")
    assert "did you mean" in note.lower()


def test_a_secret_in_what_a_run_has_written_makes_it_fail(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    leaking = 'mkdir -p "$0" && echo "key: s3cret-value" > "$0/leak.yaml"'
    command = json.dumps(["sh", "-c", leaking, ".cdkit/runs/$RUN/leak"])
    pipeline = PIPELINE.replace('[echo, "hello ${{ secrets.TOKEN }}"]', command.replace("$RUN", "${{ run.id }}"))
    (folder / "cdkit.yaml").write_text(pipeline, encoding="utf-8")
    assert guarded(["run", "--no-color"]) == 0, "without a value there is no secret"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SHOP_TOKEN", "s3cret-value")
        assert guarded(["run", "--no-color"]) == 1
    said = capfd.readouterr()
    assert "leak.yaml" in said.err
    assert "s3cret" not in said.err + said.out
