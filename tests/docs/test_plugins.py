"""What docs/plugins.md says works as it stands: its files are laid out, and its commands are typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`([\w./-]+)`:\n\n```[\w-]+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
INSTALL = "pip install ./acme-cdkit"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All files of the page, and the commands `cdkit` and `python`."""
    for name, text in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    programs = {"cdkit": "-m cdkit", "python": ""}
    (tmp_path / "bin").mkdir()
    for program, arguments in programs.items():
        path = tmp_path / "bin" / program
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    install(tmp_path)
    return tmp_path


def install(folder: Path) -> None:
    """What `pip install` leaves behind, in a fraction of its time: packages on the path, and their entry points."""
    for package in ("acme-cdkit", "acme-commands"):
        project = tomllib.loads((folder / package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        metadata = folder / "site" / f"{package.replace('-', '_')}-1.0.0.dist-info"
        metadata.mkdir(parents=True)
        points = "".join(f"{name} = {module}\n" for name, module in project["entry-points"]["cdkit"].items())
        (metadata / "entry_points.txt").write_text(f"[cdkit]\n{points}", encoding="utf-8")
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", encoding="utf-8"
        )


def typed(folder: Path, command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What comes of a line that is typed into a shell."""
    search = [
        str(folder / "site"),
        str(folder / "acme-cdkit"),
        str(folder / "acme-commands"),
        str(REPOSITORY),
        str(REPOSITORY / "plugins"),
    ]
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(search),
            "PYTEST_ADDOPTS": "-p no:cacheprovider -W error",
            **env,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != INSTALL])
def test_a_command_of_the_page_works(folder: Path, command: str) -> None:
    ended = typed(folder, command)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "left out" not in ended.stderr


def test_the_page_has_all_its_parts() -> None:
    assert [name.partition("/")[0] for name, _ in FILES] == [
        *["acme-cdkit"] * 4,
        *["shop"] * 2,
        *["web"] * 2,
        *["acme-commands"] * 4,
        "acme-cdkit",
        *["deno-notes"] * 3,
        "acme-cdkit",
        "night",
    ]
    assert INSTALL in COMMANDS


def test_the_step_of_the_package_waits_for_nobody_and_hands_on_its_count(folder: Path) -> None:
    ended = typed(folder, "cdkit run -f shop/cdkit.yaml")
    assert "migrate │ applied 0002_orders\n" in ended.stdout
    assert "report  │ 2 migrations\n" in ended.stdout
    assert not (folder / "shop" / "migrations.lock").exists()


def test_the_step_of_the_file_runs(folder: Path) -> None:
    ended = typed(folder, "cdkit run -f web/cdkit.yaml")
    assert re.search(r"words ✓ .* words=\d+\n", ended.stdout), ended.stdout + ended.stderr


def test_the_step_of_the_file_fails_as_its_author_wanted(folder: Path) -> None:
    pipeline = folder / "web" / "cdkit.yaml"
    pipeline.write_text(pipeline.read_text(encoding="utf-8").replace("least: 5", "least: 500"), encoding="utf-8")
    ended = typed(folder, "cdkit run -f web/cdkit.yaml")
    assert ended.returncode == 1
    assert "words, and should have 500." in ended.stdout


def test_the_reader_of_the_package_reads_what_deno_keeps(folder: Path) -> None:
    ended = typed(folder, "cdkit run -f deno-notes/cdkit.yaml")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "ports 8000 (http) <- deno serve in deno.json:4" in ended.stdout
    written = (folder / "deno-notes" / "notes.yaml").read_text(encoding="utf-8")
    assert "path: /healthz" in written
    assert "app.kubernetes.io/name: notes" in written


def test_the_reader_of_the_package_tells_a_mistake_with_its_line(folder: Path) -> None:
    (folder / "deno-notes" / "deno.json").write_text("{\n,", encoding="utf-8")
    ended = typed(folder, "cdkit run -f deno-notes/cdkit.yaml")
    assert ended.returncode == 3
    assert "deno.json:2:1: It is not JSON" in ended.stdout + ended.stderr


def test_the_enricher_of_the_package_writes_its_conventions(folder: Path) -> None:
    ended = typed(folder, "cdkit run -f night/cdkit.yaml")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    written = (folder / "night" / "night.yaml").read_text(encoding="utf-8")
    assert "acme.example/team: night-watch" in written
    assert "priorityClassName: acme-standard" in written


def test_the_enricher_of_the_package_says_what_it_lacks(folder: Path) -> None:
    pipeline = folder / "night" / "cdkit.yaml"
    text = pipeline.read_text(encoding="utf-8").replace("{team: night-watch}", "{}")
    pipeline.write_text(text, encoding="utf-8")
    ended = typed(folder, "cdkit run -f night/cdkit.yaml")
    assert ended.returncode == 3
    assert "Nobody is woken up when this application fails." in ended.stdout + ended.stderr


def test_the_file_is_no_code_of_an_untrusted_build(folder: Path) -> None:
    steps = folder / "web" / "ci" / "my_steps.py"
    steps.write_text(f"open({str(folder / 'ran')!r}, 'x')\n{steps.read_text(encoding='utf-8')}", encoding="utf-8")
    ended = typed(folder, "cdkit run -f web/cdkit.yaml", CDKIT_UNTRUSTED="1")
    assert ended.returncode == 3
    assert "not loaded for an untrusted pull request" in ended.stderr
    assert not (folder / "ran").exists()


def test_the_command_of_the_package_is_listed_and_knows_the_project(folder: Path) -> None:
    assert "Tell where the project is deployed." in " ".join(typed(folder, "cdkit --help").stdout.split())
    assert typed(folder, "cdkit place -f shop/cdkit.yaml").stdout == "shop goes to no environment\n"
    wrong = typed(folder, "cdkit place -f shop/cdkit.yaml --env nowhere")
    assert wrong.returncode == 2
    assert "There is no environment 'nowhere'" in wrong.stderr
