"""A project's folder: read within bounds, whatever lies in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cdkit.api import InvalidInput
from cdkit_manifests.reading.folder import LARGEST, LARGEST_SOURCE, MOST_SEARCHED, DiskFolder
from cdkit_manifests.reading.program_text import LONGEST_LINE
from cdkit_manifests.reading.walk import list_files
from tests.unit.manifests.reading.files import project, write

WORD = re.compile("needle")


def found(folder: DiskFolder, *patterns: str) -> list[str]:
    return [f"{match.file}:{match.line}" for match in folder.search(WORD, *patterns)]


def test_files_come_nearest_first_without_dependencies_and_hidden_folders(tmp_path: Path) -> None:
    names = ["b/c.py", "a.py", "b/a/d.py", "node_modules/x.js", ".git/config", "target/y", "bin/rails", "b/bin/z"]
    write(tmp_path, dict.fromkeys(names, ""))
    assert DiskFolder(tmp_path).listing.files == ("a.py", "b/c.py", "bin/rails", "b/a/d.py")


def test_a_pattern_is_for_the_name_or_with_a_slash_for_the_path(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["a.csproj", "x/b.csproj", "cmd/one/main.go", "cmd/one/two/main.go", "a+b.txt"], ""))
    folder = DiskFolder(tmp_path)
    assert folder.find("*.csproj") == ["a.csproj", "x/b.csproj"]
    assert folder.find("cmd/*/main.go") == ["cmd/one/main.go"]
    assert folder.find("cmd/**/main.go") == ["cmd/one/main.go", "cmd/one/two/main.go"]
    assert folder.find("a+b.txt", "nothing") == ["a+b.txt"]


def test_what_lies_above_is_read_up_to_the_checkout_and_no_further(tmp_path: Path) -> None:
    write(tmp_path, {"secret": "s", "checkout/parent": "p", "checkout/member/own": "o"})
    folder = DiskFolder(tmp_path / "checkout/member", tmp_path / "checkout")
    assert [folder.text(path) for path in ("own", "../parent", "../../secret", str(tmp_path / "secret"))] == [
        "o",
        "p",
        "",
        "",
    ]


def test_a_link_out_of_the_checkout_is_no_file_and_one_inside_is(tmp_path: Path) -> None:
    write(tmp_path, {"outside/secret.py": "needle", "checkout/real.py": "needle"})
    checkout = tmp_path / "checkout"
    (checkout / "out.py").symlink_to(tmp_path / "outside/secret.py")
    (checkout / "in.py").symlink_to("real.py")
    (checkout / "loop.py").symlink_to("loop.py")
    (checkout / "folder").symlink_to(tmp_path / "outside")
    folder = DiskFolder(checkout)
    assert folder.find("*.py") == ["in.py", "real.py"]
    assert found(folder, "*.py") == ["in.py:1", "real.py:1"]
    assert (folder.has("out.py"), folder.has("folder/secret.py"), folder.text("out.py")) == (False, False, "")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Procfile")
    folder = DiskFolder(tmp_path)
    assert (folder.has("Procfile"), folder.text("Procfile"), folder.find("*")) == (False, "", [])


def test_a_file_that_is_too_large_or_not_utf_8_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (LARGEST + 1))
    (tmp_path / "latin").write_bytes("a\nb = ü\n".encode("latin-1"))
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfx")
    folder = DiskFolder(tmp_path)
    with pytest.raises(InvalidInput, match="large cannot be read: It is larger than 1024 KiB"):
        folder.text("large")
    with pytest.raises(InvalidInput) as raised:
        folder.text("latin")
    assert str(raised.value.problems[0]) == "latin:2:5: The byte 0xfc is not UTF-8."
    assert folder.text("bom") == "x"


def test_program_text_is_searched_without_tests_and_comments(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": "x\n# needle\nneedle # needle\n",
            "a.js": "// needle\nx('http://needle') // needle\n * needle\n",
            "tests/a.py": "needle",
            "test_a.py": "needle",
            "a_test.go": "needle",
            "a.spec.ts": "needle",
            "src/main/java/com/example/A.java": "needle",
            "AppTest.java": "needle",
        },
    )
    assert found(DiskFolder(tmp_path), "*.*") == ["a.js:2", "a.py:3", "a.py:3", "src/main/java/com/example/A.java:1"]


def test_what_is_searched_is_bounded_and_binary_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"needle" * LARGEST_SOURCE)
    (tmp_path / "binary.py").write_bytes(b"needle\0")
    (tmp_path / "odd.py").write_bytes(b"\xff needle")
    assert found(DiskFolder(tmp_path), "*.py") == ["odd.py:1"]
    for number in range(MOST_SEARCHED // LARGEST_SOURCE + 5):
        (tmp_path / f"m{number:03}.py").write_bytes(b"needle" + b"\n" * (LARGEST_SOURCE - 6))
    assert len(found(DiskFolder(tmp_path), "*.py")) == MOST_SEARCHED // LARGEST_SOURCE


def test_a_line_that_nobody_wrote_is_not_searched(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f"needle\n{'x' * LONGEST_LINE} needle\nneedle"})
    assert found(DiskFolder(tmp_path), "a.js") == ["a.js:1", "a.js:3"]


KINDS = {
    "a.py": {"requirements.txt": "django\n"},
    "a.js": {"package.json": '{"dependencies": {"express": "4", "@nestjs/core": "1"}}'},
    "a.go": {"go.mod": "module a\n"},
    "a.rs": {"Cargo.toml": "[package]\nname = 'a'\n"},
    "config/routes.rb": {"Gemfile": "gem 'rails'"},
    "Gemfile": {},
    "build.gradle": {"Procfile": "web: x"},
    "README.md": {"Procfile": "web: x"},
}


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("text", ["app.get(", "\n", '"', "{port:", 'gem "a"\n'])
def test_a_project_that_is_made_to_take_long_comes_to_an_end(tmp_path: Path, file: str, text: str) -> None:
    assert project(tmp_path, {**KINDS[file], file: text * (100_000 // len(text))}).candidates


def test_a_folder_with_too_many_files_is_listed_in_part(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}": "" for number in range(5)})
    listing = list_files(str(tmp_path), most=3)
    assert (listing.files, listing.is_complete) == (("0", "1", "2"), False)


def test_the_top_of_a_checkout_has_no_name_and_a_member_has(tmp_path: Path) -> None:
    write(tmp_path, {"cart/x": ""})
    assert (DiskFolder(tmp_path).name, DiskFolder(tmp_path / "cart", tmp_path).name) == ("", "cart")


def test_the_usual_places_of_a_dockerfile_are_known(tmp_path: Path) -> None:
    assert DiskFolder(tmp_path).dockerfile == "Dockerfile"
    write(tmp_path, {"docker/Dockerfile": ""})
    assert DiskFolder(tmp_path).dockerfile == "docker/Dockerfile"
    write(tmp_path, {"Containerfile": ""})
    assert DiskFolder(tmp_path).dockerfile == "Containerfile"
    assert DiskFolder(tmp_path, dockerfile="other").dockerfile == "other"
