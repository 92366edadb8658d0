"""Readers give facts, each with the place that it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import InvalidInput, Port
from cdkit_manifests.generate import read_project
from cdkit_manifests.names import label_value, object_name
from cdkit_manifests.readers import dockerfile, pyproject


def told(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    reader = pyproject if name == pyproject.FILE else dockerfile
    return [str(fact) for fact in reader.read(folder)]


def test_the_metadata_of_pyproject_and_its_own_word_are_facts(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "hello"\nversion = "1.2"\ndescription = "Says it."\nlicense = "MIT"\ndependencies = []\n'
        '[tool.cdkit]\nname = "web"\nport = 8080\nhealth = "/health"\nreplicas = 2\n'
    )
    assert told(tmp_path, "pyproject.toml", text) == [
        "name web <- tool.cdkit.name in pyproject.toml",
        "ports 8080 <- tool.cdkit.port in pyproject.toml",
        "readiness HTTP /health <- tool.cdkit.health in pyproject.toml",
        "replicas 2 <- tool.cdkit.replicas in pyproject.toml",
        "name hello <- project.name in pyproject.toml",
        "version 1.2 <- project.version in pyproject.toml",
        "description Says it. <- project.description in pyproject.toml",
        "license MIT <- project.license in pyproject.toml",
    ]


def test_what_is_no_text_in_the_metadata_is_no_fact(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\nlicense = {text = "MIT"}\ndynamic = ["version"]\n'
    assert told(tmp_path, "pyproject.toml", text) == ["name x <- project.name in pyproject.toml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[project\n",
            "pyproject.toml cannot be read: Expected ']' at the end of a table declaration (at line 1, colum",
        ),
        ("a = 1\nb = \n", "pyproject.toml cannot be read: Invalid value (at line 2, column 5)."),
        ("[tool]\ncdkit = 5\n", "`tool.cdkit` in pyproject.toml must be a table."),
        ("project = 5\n", "`project` in pyproject.toml must be a table."),
        ("[tool.cdkit]\nport = '80'\n", "`tool.cdkit.port` in pyproject.toml must be a whole number, not '80'."),
        ("[tool.cdkit]\nport = true\n", "`tool.cdkit.port` in pyproject.toml must be a whole number, not True."),
        ("[tool.cdkit]\nport = 70000\n", "`tool.cdkit.port` in pyproject.toml must be from 1 to 65535, not 70000."),
        ("[tool.cdkit]\nreplicas = -1\n", "`tool.cdkit.replicas` in pyproject.toml must be from 0 to 10000, not -1."),
        ("[tool.cdkit]\nhealth = 1\n", "`tool.cdkit.health` in pyproject.toml must be text, not 1."),
        ("[tool.cdkit]\nprot = 1\n", "`tool.cdkit.prot` in pyproject.toml is not known."),
    ],
)
def test_a_pyproject_that_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        told(tmp_path, "pyproject.toml", text)
    assert message in caught.value.message


def test_a_tool_that_is_no_table_is_somebody_elses_business(tmp_path: Path) -> None:
    assert told(tmp_path, "pyproject.toml", "tool = 5\n") == []


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "FROM x\nEXPOSE 8080\nUSER 1000\n",
            ["ports 8080 <- EXPOSE in Dockerfile:2", "user 1000 <- USER in Dockerfile:3"],
        ),
        (
            "from x\n  expose 8080/tcp\nuser 1000:1000\n",
            ["ports 8080 <- EXPOSE in Dockerfile:2", "user 1000 <- USER in Dockerfile:3"],
        ),
        ("FROM a AS build\nEXPOSE 1\nUSER 5\nFROM b\nEXPOSE 2\n", ["ports 2 <- EXPOSE in Dockerfile:5"]),
        ("FROM x\nEXPOSE 8080\nEXPOSE 9090\n", ["ports 8080 <- EXPOSE in Dockerfile:2"]),
        ("FROM x\nEXPOSE $PORT\nEXPOSE 53/udp\nEXPOSE 99999\nEXPOSE 0\n", []),
        ("FROM x\nUSER 1000\nUSER root\n", []),
        ("FROM x\nUSER 1000\nRUN true\nUSER 1001\n", ["user 1001 <- USER in Dockerfile:4"]),
        ("FROM x\nUSER 0\nUSER app\n# EXPOSE 80\nLABEL EXPOSE 80\n", []),
    ],
)
def test_a_dockerfile_tells_the_port_and_the_user_of_its_last_stage(
    tmp_path: Path, text: str, facts: list[str]
) -> None:
    assert told(tmp_path, "Dockerfile", text) == facts


def test_pyproject_wins_over_the_dockerfile_and_missing_files_tell_nothing(tmp_path: Path) -> None:
    assert read_project(tmp_path).facts == {}
    (tmp_path / "Dockerfile").write_text("FROM x\nEXPOSE 80\nUSER 7\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.cdkit]\nport = 8080\n", encoding="utf-8")
    project = read_project(tmp_path)
    assert (project.get("ports"), project.get("user"), project.get("readiness")) == ((Port(8080),), 7, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello_World.App", "hello-world-app"),
        ("  --x--  ", "x"),
        ("2048", "app-2048"),
        ("a" * 62 + "-b", "a" * 62),
        ("9" * 80, "app-" + "9" * 59),
        ("é!", ""),
    ],
)
def test_a_name_is_one_that_kubernetes_takes(text: str, name: str) -> None:
    assert object_name(text) == name


@pytest.mark.parametrize(
    ("text", "value"), [("1.2.3+local", "1.2.3-local"), ("-_.a.", "a"), ("x" * 70, "x" * 63), ("+", "")]
)
def test_a_labels_value_is_one_that_kubernetes_takes(text: str, value: str) -> None:
    assert label_value(text) == value
