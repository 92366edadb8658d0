"""Compose files, Procfiles and the other files that any project may have."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import Build, EnvVar, InvalidInput, Port, Probe, ProcessType, Project
from cdkit_manifests.readers import own_readers
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project
from cdkit_manifests.recognise.secrets import may_be_secret
from tests.unit.manifests.reading.files import project, write


def compose(folder: Path, service: str, more: str = "") -> Project:
    indented = service.replace("\n", "\n    ")
    return project(folder, {"compose.yaml": f"services:\n  app:\n    {indented}\n{more}"})


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        ("['8080:80']", (Port(80),)),
        ("['127.0.0.1:8080:80/tcp', '53:53/udp']", (Port(80), Port(53, protocol="UDP"))),
        ("[80]", (Port(80),)),
        ("['${OUT:-8080}:80']", (Port(80),)),
        ("[{target: 80, published: 1}, {target: 81, protocol: udp}]", (Port(80), Port(81, protocol="UDP"))),
        ("['8000-8010:8000-8010', {target: x}, [1]]", None),
        ("80", None),
    ],
)
def test_the_ports_of_a_service_are_those_of_its_container(
    tmp_path: Path, ports: str, found: tuple[Port, ...] | None
) -> None:
    assert compose(tmp_path, f"build: .\nports: {ports}").get("ports") == found


def test_the_values_of_variables_that_may_be_secret_are_not_read(tmp_path: Path) -> None:
    service = "build: {context: .}\nenvironment: [MODE=live, DEBUG, API_TOKEN=abc, URL=http://u:p@h/, LEVEL=$LEVEL]"
    assert compose(tmp_path, service).get("env") == (
        EnvVar("MODE", "live"),
        EnvVar("DEBUG"),
        EnvVar("API_TOKEN"),
        EnvVar("URL"),
        EnvVar("LEVEL"),
    )


@pytest.mark.parametrize(
    ("check", "probe"),
    [
        ("test: curl -f http://localhost:80/up", Probe(kind="http", path="/up", port=80)),
        ("test: [CMD-SHELL, 'check || exit 1']", Probe(kind="exec", command=("/bin/sh", "-c", "check || exit 1"))),
        ("test: [CMD, check]\n  timeout: 3s", Probe(kind="exec", command=("check",), timeout=3)),
        ("test: [NONE]", None),
        ("test: check\n  disable: true", None),
    ],
)
def test_the_health_check_of_a_service_is_asked(tmp_path: Path, check: str, probe: Probe | None) -> None:
    assert compose(tmp_path, f"build: .\nhealthcheck:\n  {check}").get("readiness") == probe


@pytest.mark.parametrize(
    ("service", "more"),
    [("image: other", ""), ("build: ./elsewhere", ""), ("build: .", "  second:\n    build: .\n"), ("build: [1]", "")],
)
def test_a_compose_file_without_one_service_of_the_project_says_nothing(
    tmp_path: Path, service: str, more: str
) -> None:
    assert compose(tmp_path, f"{service}\nports: [80]", more).get("ports") is None


def test_folders_of_the_machine_are_no_volumes(tmp_path: Path) -> None:
    volumes = "['data:/a', './src:/b', '/etc:/c', '/d', {type: volume, target: /e}, {type: bind, target: /f}, '~:/g']"
    assert compose(tmp_path, f"build: .\nvolumes: {volumes}").get("volumes") == ("/a", "/d", "/e")


def test_a_procfile_tells_the_processes_and_the_port(tmp_path: Path) -> None:
    found = project(tmp_path, {"Procfile": "release: migrate\nworker: work\nweb: app --port 80\n\nnonsense\n"})
    assert found.get("processes") == (
        ProcessType("release", "migrate"),
        ProcessType("worker", "work"),
        ProcessType("web", "app --port 80"),
    )
    assert (found.get("kind"), found.get("ports")) == ("web", (Port(80, "http"),))


@pytest.mark.parametrize(
    ("text", "kind"), [("worker: x\n", "worker"), ("release: x\n", None), ("web: x\n", "web"), ("", None)]
)
def test_what_a_procfile_says_that_a_project_is(tmp_path: Path, text: str, kind: str | None) -> None:
    fact = project(tmp_path, {"Procfile": text}).fact("kind")
    assert (fact.value if fact and fact.reader == "Procfile" else None) == kind


@pytest.mark.parametrize(
    ("text", "schedule"),
    [("*/5 * * * * run\n", "*/5 * * * *"), ("@daily run x", "@daily"), ("1 2 3 4 5 a\n1 2 3 4 6 b\n", None)],
)
def test_one_entry_of_a_crontab_is_a_job_by_the_clock(tmp_path: Path, text: str, schedule: str | None) -> None:
    assert project(tmp_path, {"crontab": f"# why\nA=b\n{text}"}).get("schedule") == schedule


def test_a_crontab_that_is_none_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="crontab:2:1: It is no crontab"):
        project(tmp_path, {"crontab": "# why\nevery day\n"})


@pytest.mark.parametrize(
    ("remote", "repository", "name"),
    [
        ("https://user:secret@git.example/team/shop.git", "https://git.example/team/shop.git", "shop"),
        ("git@git.example:shop.git", "git@git.example:shop.git", "shop"),
        ("", None, None),
    ],
)
def test_git_knows_the_repository_and_a_name(
    tmp_path: Path, remote: str, repository: str | None, name: str | None
) -> None:
    found = read_project(DiskFolder(tmp_path, build=Build(repository=remote, commit="c0ffee")), own_readers())
    assert (found.get("repository"), found.get("name"), found.get("commit")) == (repository, name, "c0ffee")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "# Title\n\n![badge](x) [b](y)\n\nIt is *good* and [fine](x).\nReally.\n\nMore.\n",
            "It is good and fine. Really.",
        ),
        ("Title\n=====\n\nIt is good.\n", "It is good."),
        ("# Title\n", None),
        ("# Title\n\n" + "long " * 100, None),
        ("<h1>Title</h1>\n\nGood.", "Good."),
    ],
)
def test_the_first_sentence_of_a_readme_is_a_description(tmp_path: Path, text: str, told: str | None) -> None:
    assert project(tmp_path, {"README.md": text, "Procfile": "web: x"}).get("description") == told


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "x", True),
        ("APIKEY", "x", True),
        ("AWS_ACCESS_KEY_ID", "x", True),
        ("URL", "redis://:pw@host/0", True),
        ("X", "eyJhbGciOi.x", True),
        ("X", "0123456789abcdef0123456789abcdef", True),
        ("MODE", "production", False),
        ("URL", "http://host:80/path", False),
    ],
)
def test_what_may_be_a_secret_is_taken_for_one(name: str, value: str, secret: bool) -> None:
    assert may_be_secret(name, value) is secret


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("pyproject.toml", "project = 5\n", "pyproject.toml:1:1: `project` must be a table."),
        ("pyproject.toml", "[project]\nname = \n", "pyproject.toml:2:8: It is not TOML"),
        ("setup.cfg", "a = 1\n", "setup.cfg:1:1: It is no INI file: a section must come first."),
        ("setup.cfg", "[a]\nb = 1\nnonsense\n", "setup.cfg:3:1: It is no INI file"),
        ("package.json", '{\n"a"\n}', "package.json:3:1: It is not JSON"),
        ("go.mod", "go 1.23\n", "go.mod:1:1: It names no module"),
        ("Cargo.toml", "[package\n", "Cargo.toml:1:9: It is not TOML"),
        ("pom.xml", "<project>\n</projekt>", "pom.xml:2:3: It is not XML: mismatched tag."),
        ("composer.json", "[1]", "composer.json:1:1: It must hold an object."),
        ("App.csproj", "<Project>\n<a>\n</Project>", "App.csproj:3:3: It is not XML"),
        ("app.json", "{", "app.json:1:2: It is not JSON"),
        ("compose.yaml", "a: b: c\n", "compose.yaml:1:5: The file is not YAML"),
        ("hugo.toml", "a\n", "hugo.toml:1:2: It is not TOML"),
    ],
)
def test_malformed_metadata_is_told_with_its_line(tmp_path: Path, file: str, text: str, told: str) -> None:
    write(tmp_path, {file: text})
    with pytest.raises(InvalidInput) as raised:
        project(tmp_path, {})
    assert str(raised.value.problems[0]).startswith(told)
