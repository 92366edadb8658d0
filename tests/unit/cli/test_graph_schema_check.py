"""`cdkit graph`, `cdkit schema` and `cdkit check`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command import Here

PIPELINE = (
    "name: x\nsteps:\n  a: {uses: run, with: {command: 'true'}}\n"
    "  b: {uses: run, needs: [a], with: {command: 'true', directory: %s}}\n"
)


def write(folder: Path, directory: str = ".") -> None:
    (folder / "cdkit.yaml").write_text(PIPELINE % directory, encoding="utf-8")


@pytest.mark.parametrize(
    ("form", "line"),
    [("text", "2  b (run)  after a"), ("mermaid", "    s1 --> s2"), ("dot", "    s1 -> s2;")],
)
def test_the_graph_is_printed(here: Here, tmp_path: Path, form: str, line: str) -> None:
    write(tmp_path)
    ended = here("graph", "--format", form)
    assert (ended.code, ended.err) == (0, "")
    assert line in ended.out.splitlines()


def test_the_schema_is_printed_as_json(here: Here) -> None:
    ended = here("schema")
    assert (ended.code, ended.err) == (0, "")
    assert "build-image" in json.loads(ended.out)["$defs"]


def test_a_check_that_finds_nothing_runs_nothing(here: Here, tmp_path: Path) -> None:
    write(tmp_path)
    ended = here("check")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "cdkit.yaml: all 2 steps can work, as far as can be known before a run.\n"
    assert not (tmp_path / ".cdkit").exists()


def test_a_check_that_finds_something_ends_as_a_run_would(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "nowhere")
    ended = here("check")
    assert ended.code == 3
    assert "The directory of 'b' does not exist: nowhere" in ended.out
    assert "Failed with exit code 3" in ended.out


def test_a_doctor_gives_an_answer_without_any_world(
    here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    monkeypatch.setenv("KUBECONFIG", "/nowhere/kubeconfig")
    monkeypatch.setenv("HOME", str(tmp_path))
    ended = here("doctor")
    assert (ended.code, ended.err) == (3, "")
    assert "✓ python" in ended.out
    assert "✗ engine" in ended.out
    assert "There is no kubeconfig at /nowhere/kubeconfig" in ended.out
