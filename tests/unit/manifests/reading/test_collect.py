"""Readers are asked one after the other, and what they say is put together with what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from cdkit.api import EnvVar, Fact, InvalidInput, Port, Probe, Project, ProjectFolder, ProjectReader, Source, StepBroken
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_steps
from cdkit_manifests.readers import own_readers
from cdkit_manifests.reading.collect import collect
from cdkit_manifests.reading.explain import explain
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.malformed import malformed
from tests.unit.manifests.reading.files import project, write

PLACE = Source("file", 1, "key")


def fact(name: str, value: Any, confidence: Any = "declared") -> Fact:
    return Fact(name, value, PLACE, confidence)


def reader(name: str, read: Callable[[ProjectFolder], Iterable[Any]], *looks_for: str) -> ProjectReader:
    return ProjectReader(name, looks_for, read)


def told(folder: Path, *facts: Any) -> Project:
    return collect(DiskFolder(folder), [reader("one", lambda _: facts)])


def test_a_reader_is_asked_only_where_a_file_that_it_knows_is_there(tmp_path: Path) -> None:
    write(tmp_path, {"deep/a.x": ""})
    readers = [reader(name, lambda _, name=name: [fact("name", name)], name) for name in ("b.x", "*.x")]
    found = collect(DiskFolder(tmp_path), readers)
    assert [(one.value, one.reader) for one in found.candidates["name"]] == [("*.x", "*.x")]
    assert found.looked_for == ("b.x", "*.x", "Dockerfile")


def test_all_files_that_are_malformed_are_told_at_once_and_each_once(tmp_path: Path) -> None:
    def fail(file: str) -> Callable[[ProjectFolder], Iterable[Fact]]:
        def read(_: ProjectFolder) -> Iterable[Fact]:
            raise malformed(file, "It is odd.", 2, 3)

        return read

    with pytest.raises(InvalidInput) as raised:
        collect(DiskFolder(tmp_path), [reader("a", fail("x")), reader("b", fail("x")), reader("c", fail("y"))])
    assert raised.value.message == "The project cannot be read: x:2:3: It is odd.; y:2:3: It is odd."
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("text", "it gave 'text', which is no Fact"),
        (fact("colour", "red"), "it gave a fact that is not known: 'colour'"),
        (fact("name", 5), "it gave a value for 'name' of a wrong type"),
        (fact("ports", (80,)), "it gave a value for 'ports' of a wrong type"),
        (fact("kind", "thing"), "it gave a value for 'kind' of a wrong type"),
        (fact("user", 1.5), "it gave a value for 'user' of a wrong type"),
    ],
)
def test_a_reader_that_gives_what_is_no_fact_is_named(tmp_path: Path, given: Any, reason: str) -> None:
    with pytest.raises(StepBroken, match=reason):
        told(tmp_path, given)


def test_a_reader_that_breaks_is_named(tmp_path: Path) -> None:
    def read(_: ProjectFolder) -> Iterable[Fact]:
        raise KeyError("x")

    with pytest.raises(StepBroken, match="The project reader 'odd' does not work: KeyError: 'x'"):
        collect(DiskFolder(tmp_path), [reader("odd", read)])


def test_without_a_route_the_port_is_asked_and_a_person_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, fact("ports", (Port(53, protocol="UDP"), Port(80))))
    assert found.get("readiness") == found.get("liveness") == Probe(kind="tcp", port=80)
    assert found.get("kind") == "web"
    assert found.warnings == (
        "No health route was found, so the probes only see whether the port is open; say `health` where one is.",
    )


def test_without_a_port_nothing_is_asked_and_a_person_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, fact("name", "x"))
    assert (found.get("kind"), found.get("readiness")) == ("worker", None)
    assert found.warnings == (
        "No health route and no port was found, so no probe is written: a pod counts as ready as soon as it runs.",
    )


def test_a_route_without_a_port_is_not_asked_and_a_person_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, fact("readiness", Probe(kind="http", path="/health")), fact("kind", "web"))
    assert found.get("readiness") is None
    assert found.warnings[0] == "HTTP /health is served (key in file:1), but no port is known, so it is not asked."
    assert found.warnings[1].startswith("It answers requests, but no port was found")


def test_a_port_that_is_only_assumed_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, fact("ports", (Port(80),), "assumed"), fact("readiness", Probe(kind="exec", command=("x",))))
    assert found.warnings == ("The port 80 is assumed (key in file:1); say `port` where it is another one.",)


@pytest.mark.parametrize("kind", ["job", "cron"])
def test_what_ends_is_not_asked(tmp_path: Path, kind: str) -> None:
    found = told(tmp_path, fact("kind", kind), fact("ports", (Port(80),)))
    assert (found.get("liveness"), found.warnings) == (None, ())


def test_variables_of_several_readers_go_together_and_a_value_wins_over_none(tmp_path: Path) -> None:
    one = fact("env", (EnvVar("A"), EnvVar("B", "1")))
    two = fact("env", (EnvVar("A", "2"), EnvVar("B", "3"), EnvVar("C")))
    assert told(tmp_path, one, two).get("env") == (EnvVar("A", "2"), EnvVar("B", "1"), EnvVar("C"))


def test_a_project_of_which_nothing_is_known_is_told_what_was_looked_for(tmp_path: Path) -> None:
    found = project(tmp_path, {"README.txt.bak": "x"})
    assert found.facts == {}
    (warning,) = found.warnings
    assert warning.startswith("Nothing says what the project is: none of pyproject.toml, ")
    assert "package.json, " in warning
    assert "compose.yml, Dockerfile was found. " in warning
    assert warning.endswith("Say `name` and `port` under `with:`, or in `cdkit.yaml`.")


def test_the_readers_of_cdkit_are_found_as_any_others_are() -> None:
    found = load_steps(installed_plugins()).extensions.project_readers()
    assert [one.name for one in found] == [one.name for one in own_readers()]


def test_everything_that_was_found_is_explained_and_what_lost_too(tmp_path: Path) -> None:
    found = told(tmp_path, fact("version", "1", "assumed"), fact("version", "2"), fact("kind", "job"))
    rows = [(row.fact, row.value, row.source, row.confidence, row.reader, row.stands) for row in explain(found)]
    assert rows == [
        ("version", "2", "key in file:1", "declared", "one", True),
        ("version", "1", "key in file:1", "assumed", "one", False),
        ("kind", "job", "key in file:1", "declared", "one", True),
    ]
