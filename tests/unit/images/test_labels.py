"""The labels by which an image says where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.models.build import Build
from cdkit_images.content import Base
from cdkit_images.labels import creation_time, image_labels, qualified, web_address
from cdkit_images.metadata import Metadata, read_metadata

PREFIX = "org.opencontainers.image."


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("pyproject.toml", '[project]\nname = "a"\nversion = "1"\nlicense = "MIT"\n', Metadata("a", "1", "MIT")),
        ("pyproject.toml", '[project]\nname = "a"\nlicense = {text = "MIT"}\n', Metadata("a", "", "MIT")),
        ("pyproject.toml", '[project]\nname = "a"\nlicense = {file = "LICENSE"}\n', Metadata("a")),
        ("pyproject.toml", "[tool.x]\n", Metadata()),
        ("package.json", '{"name": "a", "version": "1", "license": "ISC"}', Metadata("a", "1", "ISC")),
        ("package.json", "[]", Metadata()),
        ("package.json", "{", Metadata()),
        ("Cargo.toml", '[package]\nname = "a"\nversion.workspace = true\n', Metadata("a")),
        ("README", "x", Metadata()),
    ],
)
def test_a_projects_own_words(tmp_path: Path, file: str, content: str, expected: Metadata) -> None:
    (tmp_path / file).write_text(content)
    assert read_metadata(tmp_path) == expected


def test_what_is_not_known_is_no_label() -> None:
    assert image_labels("shop", Metadata(), Build(), None, 0) == {f"{PREFIX}title": "shop"}


def test_a_version_in_the_git_tag_goes_before_the_projects_own() -> None:
    metadata = Metadata("shop", "1.0.0")
    assert image_labels("x", metadata, Build(tag="v2.0.0"), None, 0)[f"{PREFIX}version"] == "2.0.0"
    assert image_labels("x", metadata, Build(tag="nightly"), None, 0)[f"{PREFIX}version"] == "1.0.0"


def test_the_base_is_named_in_full() -> None:
    labels = image_labels("x", Metadata(), Build(), Base("python:3.11", "sha256:a"), 0)
    assert labels[f"{PREFIX}base.name"] == "docker.io/library/python:3.11"
    assert labels[f"{PREFIX}base.digest"] == "sha256:a"
    assert qualified("team/app") == "docker.io/team/app"
    assert qualified("localhost/app") == "localhost/app"
    assert qualified("r.example:5000/app:1") == "r.example:5000/app:1"


def test_the_given_time_goes_before_that_of_the_commit() -> None:
    build = Build(commit_time=5)
    assert creation_time(build, {}) == 5
    assert creation_time(build, {"SOURCE_DATE_EPOCH": "7"}) == 7
    assert creation_time(build, {"SOURCE_DATE_EPOCH": "yesterday"}) == 5


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@github.com:team/shop.git", "https://github.com/team/shop"),
        ("ssh://git@host.example:2222/team/shop.git", "https://host.example/team/shop"),
        ("https://host.example/team/shop.git", "https://host.example/team/shop"),
        ("/srv/git/shop.git", "/srv/git/shop"),
        ("", ""),
    ],
)
def test_the_source_is_an_address_for_people(remote: str, address: str) -> None:
    assert web_address(remote) == address
