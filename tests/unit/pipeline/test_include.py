"""One pipeline from several files, and what is said once for all steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.errors import InvalidInput
from cdkit.pipeline.load import load

from .kinds import KINDS


def write(folder: Path, **files: str) -> str:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder / "cdkit.yaml")


def complaints(path: str) -> list[str]:
    with pytest.raises(InvalidInput) as raised:
        load(path, KINDS)
    return [problem.message for problem in raised.value.problems]


STEP = "{uses: shell}"


def test_what_is_included_is_there_and_the_including_file_wins(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        cdkit=f"name: x\ninclude: ci/base.yaml\nvars: {{a: mine}}\nsteps: {{own: {STEP}}}\n",
        ci__base=f"include: [more.yaml]\nvars: {{a: theirs, b: theirs}}\nsteps: {{first: {STEP}}}\n",
        ci__more=f"steps: {{zeroth: {STEP}}}\n",
    )
    pipeline = load(path, KINDS)
    assert list(pipeline.steps) == ["zeroth", "first", "own"]
    assert {name: node.value for name, node in pipeline.variables.items()} == {"a": "mine", "b": "theirs"}


def test_a_mistake_in_an_included_file_is_told_with_the_place_in_that_file(tmp_path: Path) -> None:
    path = write(tmp_path, cdkit="name: x\ninclude: base.yaml\nsteps: {}\n", base="steps:\n  a: {usse: test}\n")
    with pytest.raises(InvalidInput) as raised:
        load(path, KINDS)
    places = {
        (Path(problem.position.file).name, problem.position.line)
        for problem in raised.value.problems
        if problem.position
    }
    assert places == {("base.yaml", 2)}


def test_a_step_that_stands_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, cdkit=f"name: x\ninclude: b.yaml\nsteps: {{a: {STEP}}}\n", b=f"steps: {{a: {STEP}}}\n")
    (complaint,) = complaints(path)
    assert "The step 'a' stands in" in complaint


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/hostname", "link.yaml"])
def test_nothing_outside_of_the_repository_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.yaml").write_text("steps: {}\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    path = write(project, cdkit=f"name: x\ninclude: {name}\nsteps: {{}}\n")
    assert complaints(path) == [f"{name} lies outside of the repository, and is not read."]


def test_a_file_of_the_same_repository_may_lie_above(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, shared=f"steps: {{a: {STEP}}}\n")
    path = write(tmp_path / "service", cdkit="name: x\ninclude: ../shared.yaml\nsteps: {}\n")
    assert list(load(path, KINDS).steps) == ["a"]


def test_files_that_include_each_other_are_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, cdkit="name: x\ninclude: a.yaml\nsteps: {}\n", a="include: cdkit.yaml\n")
    assert complaints(path) == ["cdkit.yaml includes itself, directly or by way of others."]


def test_a_missing_include_is_told_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, cdkit="name: x\ninclude: gone.yaml\nsteps: {}\n")
    (complaint,) = complaints(path)
    assert complaint.startswith("gone.yaml cannot be included.")


def test_defaults_hold_where_a_step_says_nothing(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        cdkit=(
            "name: x\ndefaults: {timeout: 5m, env: {A: shared, B: shared}}\n"
            "steps:\n  one: {uses: shell}\n  two: {uses: shell, timeout: 1s, env: {A: own}}\n"
            "finally:\n  end: {uses: shell}\n"
        ),
    )
    steps = load(path, KINDS).steps
    assert [float(step.spec.timeout) for step in steps.values()] == [300, 1, 300]
    assert {name: node.value for name, node in steps["two"].spec.env.items()} == {"A": "own", "B": "shared"}
