"""`cdkit init`: what it writes is valid, and what it writes for a project of Python or of a shell runs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.git_command import git
from tests.unit.cli.command import Ended, Here

PYTHON = {
    "pyproject.toml": '[project]\nname = "shop"\n',
    "tests/__init__.py": "",
    "tests/test_shop.py": "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n",
}
DOCKERFILE = {"Dockerfile": "FROM scratch\n"}


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def lay(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def check_out(folder: Path, remote: str) -> None:
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", remote)
    git(folder, "commit", "--quiet", "--allow-empty", "--message=x")


def valid(here: Here, ended: Ended) -> str:
    """The text that was written; it is valid, and so it is with everything in it that is a comment yet."""
    assert (ended.code, ended.err) == (0, "")
    path = Path("cdkit.yaml")
    text = path.read_text(encoding="utf-8")
    checked = here("validate")
    assert (checked.code, checked.err) == (0, "")
    Path("all.yaml").write_text(uncommented(text), encoding="utf-8")
    checked = here("validate", "--file", "all.yaml")
    assert (checked.code, checked.err) == (0, "")
    return text


def uncommented(text: str) -> str:
    lines = []
    is_code = False
    for line in text.splitlines():
        is_code = bool(line) and (is_code or line.startswith("# environments"))
        lines.append(re.sub(r"^( *)# ", r"\1", line) if is_code else line)
        is_code = is_code or "# Not yet" in line
    return "\n".join(lines) + "\n"


def test_a_project_of_python_is_tested(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, PYTHON)
    ended = here("init")
    assert ended.out == (
        "name: shop <- pyproject.toml\n"
        "language: python <- pyproject.toml\n"
        "test command: python3 -m unittest discover --start-directory tests --top-level-directory . "
        "<- tests/ and pyproject.toml\n"
        "image: none, for there is no Dockerfile\n"
        "\nWrote 'cdkit.yaml'. Next: cdkit validate, cdkit plan, cdkit run.\n"
    )
    assert "steps:\n  # From tests/ and pyproject.toml.\n  test:\n    uses: run\n" in valid(here, ended)
    ran = here("run")
    assert ran.code == 0, ran.out
    assert "Ran 1 test in" in ran.out


def test_tests_that_are_no_package_are_found_too(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, {name: text for name, text in PYTHON.items() if "__init__" not in name})
    valid(here, here("init"))
    ran = here("run")
    assert ran.code == 0, ran.out
    assert "Ran 1 test in" in ran.out


def test_a_project_that_make_tests_is_tested(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, {"Makefile": "test: ; @echo all is well\n"})
    assert "test command: make test <- the target `test` in Makefile\n" in here("init").out
    ran = here("run")
    assert ran.code == 0, ran.out
    assert "test │ all is well\n" in ran.out


def test_an_empty_folder_gets_a_place_to_begin(here: Here, tmp_path: Path) -> None:
    ended = here("init")
    assert "test command: none was found\n" in ended.out
    valid(here, ended)
    ran = here("run")
    assert ran.code == 0
    assert "Put the command here" in ran.out


@pytest.mark.parametrize(
    ("files", "name", "install", "test"),
    [
        ({"pyproject.toml": "[tool.pytest.ini_options]", "tests/a_test.py": ""}, "", "", "python3 -m pytest"),
        (
            {"pyproject.toml": "[tool.poetry]\nname='a'", "tests/test_a.py": "", "poetry.lock": "", "conftest.py": ""},
            "a",
            "",
            "poetry run python3 -m pytest",
        ),
        (
            {"pyproject.toml": "[dependency-groups]\ndev=['pytest>=8']", "test/test_a.py": "", "uv.lock": ""},
            "",
            "",
            "uv run python3 -m pytest",
        ),
        (
            {"pyproject.toml": "[project]\ndependencies=['pytest-fake']", "test/test_a.py": ""},
            "",
            "",
            "python3 -m unittest discover --start-directory test",
        ),
        (
            {"package.json": '{"name": "@team/web", "scripts": {"test": "vitest"}}', "package-lock.json": "{}"},
            "web",
            "npm ci",
            "npm run test",
        ),
        (
            {"package.json": '{"scripts": {"test": "jest"}, "devDependencies": {"jest": "1"}}'},
            "",
            "npm install",
            "npm run test",
        ),
        (
            {"package.json": '{"name": "web", "scripts": {"test": "jest"}}', "pnpm-lock.yaml": ""},
            "web",
            "pnpm install --frozen-lockfile",
            "pnpm run test",
        ),
        ({"go.mod": "// x\nmodule example.com/team/api/v2\n\ngo 1.22\n"}, "api", "", "go test ./..."),
        ({"Cargo.toml": '[package]\nname = "tool"\n'}, "tool", "", "cargo test"),
        ({"Cargo.toml": "[workspace]\n", "Cargo.lock": ""}, "", "", "cargo test --locked"),
        (
            {
                "pom.xml": "<project xmlns='http://maven.apache.org/POM/4.0.0'><parent><artifactId>no</artifactId>"
                "</parent><artifactId>bank</artifactId></project>"
            },
            "bank",
            "",
            "mvn --batch-mode verify",
        ),
        (
            {"build.gradle.kts": "", "gradlew": "", "settings.gradle.kts": 'rootProject.name = "bank"\n'},
            "bank",
            "",
            "sh gradlew --console=plain test",
        ),
        ({"Gemfile": "", "shop.gemspec": "", "spec/a_spec.rb": ""}, "shop", "bundle install", "bundle exec rspec"),
        (
            {"composer.json": '{"name": "team/shop"}', "phpunit.xml.dist": ""},
            "shop",
            "composer install --no-interaction",
            "vendor/bin/phpunit",
        ),
    ],
)
def test_a_language_is_known_by_its_metadata(
    here: Here, tmp_path: Path, files: Mapping[str, str], name: str, install: str, test: str
) -> None:
    lay(tmp_path, files)
    ended = here("init")
    valid(here, ended)
    said = dict(line.partition(": ")[::2] for line in ended.out.splitlines())
    assert said["test command"].partition(" <- ")[0] == test
    assert said.get("install command", "").partition(" <- ")[0] == install
    if name:
        assert said["name"].partition(" <- ")[0] == name
    else:
        assert said["name"].endswith(" <- the folder")


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[project]"},
        {"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'},
        {"Gemfile": ""},
        {"composer.json": "{}"},
        {"Makefile": "test := yes\nbuild:\n"},
    ],
)
def test_where_there_are_no_tests_none_are_invented(here: Here, tmp_path: Path, files: Mapping[str, str]) -> None:
    lay(tmp_path, files)
    ended = here("init")
    assert "test command: none was found" in ended.out
    assert "hello:" in valid(here, ended)


def test_two_languages_are_tested_beside_each_other(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, {**PYTHON, **DOCKERFILE, "go.mod": "module example.com/x\n"})
    text = valid(here, here("init"))
    assert "  test-python:\n" in text
    assert "  test-go:\n" in text
    assert "    needs: [test-python, test-go]\n" in text


def test_a_dockerfile_is_built_and_what_needs_more_is_a_comment(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, {**PYTHON, **DOCKERFILE})
    text = valid(here, here("init"))
    assert "  image:\n    uses: build-image\n    needs: [test]\n    with:\n      repository: shop\n" in text
    for name, missing in (("push", "a registry: "), ("manifests", "a cluster, "), ("release", "a cluster, ")):
        assert re.search(rf"^  # Not yet, for it needs {missing}.*\n  # {name}:\n", text, re.MULTILINE)
    assert "# environments:" in text


@pytest.mark.parametrize(
    ("remote", "repository"),
    [
        ("https://github.com/Team/Shop.git", "ghcr.io/team/shop"),
        ("git@github.com:team/shop.git", "ghcr.io/team/shop"),
        ("ssh://git@gitlab.com:22/group/sub/shop", "registry.gitlab.com/group/sub/shop"),
    ],
)
def test_the_image_is_named_after_the_git_remote(here: Here, tmp_path: Path, remote: str, repository: str) -> None:
    lay(tmp_path, DOCKERFILE)
    check_out(tmp_path, remote)
    ended = here("init")
    assert f"repository: {repository} <- the git remote\n" in ended.out
    assert "release branch: main <- the branch that is checked out\n" in ended.out
    text = valid(here, ended)
    assert f"      repository: {repository}\n" in text
    assert f"# Not yet, for it needs a login: docker login {repository.partition('/')[0]}\n  # push:\n" in text
    assert "  #   when: ${{ build.branch == 'main' }}\n" in text


@pytest.mark.parametrize("key", ["auths", "credHelpers"])
def test_with_a_login_the_image_is_pushed_too(here: Here, tmp_path: Path, key: str) -> None:
    lay(tmp_path, {**DOCKERFILE, "docker/config.json": json.dumps({key: {"ghcr.io": {}}})})
    check_out(tmp_path, "git@github.com:team/shop.git")
    text = valid(here, here("init"))
    assert "\n  push:\n    uses: push-to-registry\n    when: ${{ build.branch == 'main' }}\n" in text
    assert "\n  # release:\n" in text


@pytest.mark.parametrize("remote", ["https://git.example.com/a/b", "../elsewhere", "https://github.com/a/../b"])
def test_a_remote_that_tells_of_no_registry_names_no_image(here: Here, tmp_path: Path, remote: str) -> None:
    lay(tmp_path, {**PYTHON, **DOCKERFILE})
    check_out(tmp_path, remote)
    assert "      repository: shop\n" in valid(here, here("init"))


def test_a_file_that_is_there_is_never_overwritten(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, {"cdkit.yaml": "mine"})
    ended = here("init")
    assert ended.code == 2
    assert "'cdkit.yaml' is there already, and is left as it is." in ended.err
    assert (tmp_path / "cdkit.yaml").read_text(encoding="utf-8") == "mine"
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    assert here("init", "--file", "dangling.yaml").code == 2
    assert not (tmp_path / "nowhere").exists()
    ended = here("init", "--force")
    valid(here, ended)


def test_print_writes_to_stdout_alone(here: Here, tmp_path: Path) -> None:
    lay(tmp_path, {**PYTHON, "cdkit.yaml": "mine"})
    ended = here("init", "--print")
    assert ended.code == 0
    assert (tmp_path / "cdkit.yaml").read_text(encoding="utf-8") == "mine"
    assert "test command: " in ended.err
    lay(tmp_path, {"cdkit.yaml": ended.out})
    assert here("validate").code == 0


def test_another_folder_is_looked_at_when_the_file_is_in_it(here: Here, tmp_path: Path) -> None:
    lay(tmp_path / "shop", PYTHON)
    assert "Wrote 'shop/cdkit.yaml'." in here("init", "-f", "shop/cdkit.yaml").out
    assert here("run", "-f", "shop/cdkit.yaml").code == 0
    assert here("init", "-f", "nowhere/cdkit.yaml").code == 2


EVIL = [
    'x\ny: "',
    "null",
    "1.50",
    "- a",
    "${{ secrets.TOKEN }}",
    "'; rm -rf /; '",
    "a: b # c",
    "\u2028x\u2029y\x85z",
    "\x1b]0;gone\x07x",
    "&a *a !!python/object:x",
    "ÄÖ \U0001f600",
    "@#%",
    "x" * 500,
    "..",
]


@pytest.mark.parametrize("name", EVIL)
def test_no_name_of_a_project_breaks_the_file_or_the_terminal(here: Here, tmp_path: Path, name: str) -> None:
    lay(tmp_path, {**DOCKERFILE, "package.json": json.dumps({"name": name, "scripts": {"test": name}})})
    ended = here("init")
    text = valid(here, ended)
    assert all(character.isprintable() for character in (ended.out + text).replace("\n", ""))
    (repository,) = re.findall(r"repository: (.*)", text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", repository.strip('"'))
    assert "${{ secrets" not in text


@pytest.mark.parametrize("name", [name for name in EVIL if name != ".." and len(name) < 200 and "/" not in name])
def test_no_name_of_a_folder_breaks_the_file_or_the_terminal(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name
    lay(folder, DOCKERFILE)
    monkeypatch.chdir(folder)
    ended = here("init")
    text = valid(here, ended)
    assert all(character.isprintable() for character in (ended.out + text).replace("\n", ""))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        '{"name": ' * 2000,
        "\x00\xff",
        "{}",
        '[project]\nname = 5\n[tool]\npytest = 1\npoetry = "x"',
        '{"name": [], "scripts": "x", "dependencies": 3}',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><project><artifactId>&b;</artifactId></project>',
        "x" * 2_000_000,
    ],
)
def test_metadata_that_cannot_be_read_does_no_harm(here: Here, tmp_path: Path, text: str) -> None:
    for name in (
        *("pyproject.toml", "package.json", "go.mod", "Cargo.toml", "pom.xml", "Gemfile", "composer.json"),
        *("Makefile", "Dockerfile", "docker/config.json"),
    ):
        lay(tmp_path, {name: text})
    (tmp_path / "build.gradle").mkdir()
    valid(here, here("init"))
