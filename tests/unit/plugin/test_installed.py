"""Plugins are found as `importlib.metadata` would find them, and sooner."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from cdkit.plugin.installed import EntryPoint, _read_all, installed_plugins

ENTRIES = """\
[console_scripts]
cdkit-other = other:main

[cdkit]
# a comment
first = json
second = json:decoder.JSONDecoder [extra]

[others]
third = json
"""


def install(place: Path, name: str, entries: str) -> str:
    folder = place / name
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_text(entries, encoding="utf-8")
    return str(place)


def test_the_same_plugins_are_found_as_by_the_standard_library() -> None:
    standard = {(entry.name, entry.value) for entry in entry_points(group="cdkit")}
    found = {(entry.name, entry.value) for entry in installed_plugins() if isinstance(entry, EntryPoint)}
    assert found == standard
    assert {"deploy", "images", "manifests", "pods", "shell"} <= {name for name, _ in found}


def test_only_our_own_section_is_read(tmp_path: Path) -> None:
    import json

    place = install(tmp_path, "some_plugin-1.0.dist-info", ENTRIES)
    first, second = _read_all([place])
    assert (first.name, first.load()) == ("first", json)
    assert (second.name, second.load()) == ("second", json.JSONDecoder)


def test_of_a_package_that_is_there_twice_the_first_one_counts(tmp_path: Path) -> None:
    places = [
        install(tmp_path / "a", "Some.Plugin-2.0.dist-info", "[cdkit]\nnew = json\n"),
        install(tmp_path / "b", "some_plugin-1.0.egg-info", "[cdkit]\nold = json\n"),
        str(tmp_path / "missing"),
    ]
    assert [entry.name for entry in _read_all([*places, places[0]])] == ["new"]


def test_a_package_without_entry_points_or_with_broken_ones_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "bare-1.dist-info").mkdir()
    (tmp_path / "file-1.egg-info").touch()
    place = install(tmp_path, "latin-1.dist-info", "")
    (tmp_path / "latin-1.dist-info" / "entry_points.txt").write_bytes(b"[cdkit]\n\xe9 = json\n")
    assert list(_read_all([place])) == []


def test_packages_in_an_archive_are_found_too(tmp_path: Path) -> None:
    """The standard library is asked as soon as something on the path is no folder."""
    import zipfile

    archive = tmp_path / "plugin.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: zipped\nVersion: 1\n")
        file.writestr("zipped-1.dist-info/entry_points.txt", "[cdkit]\nzipped = json\n")
    script = "from cdkit.plugin.installed import installed_plugins; print([e.name for e in installed_plugins()])"
    code = f"import sys; sys.path.append({str(archive)!r}); {script}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'zipped'" in done.stdout
