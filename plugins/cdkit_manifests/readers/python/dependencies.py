"""The libraries that a Python project needs, from wherever it names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import ProjectFolder, Source
from cdkit_manifests.readers.python import pyproject, setup_cfg, setup_py
from cdkit_manifests.reading.data_file import DataFile, as_words
from cdkit_manifests.reading.toml_file import read_toml

REQUIREMENTS = ("requirements.txt", "requirements/*.txt", "requirements.in")
PIPFILE = "Pipfile"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOT_FOR_PRODUCTION = re.compile(r"dev|test|lint|docs?|ci")


def dependencies(folder: ProjectFolder) -> dict[str, Source]:
    """Where each library is named, by its normalised name; the first place counts."""
    found: dict[str, Source] = {}
    for requirement, source in _requirements(folder):
        match = _NAME.match(requirement.strip())
        if match:
            name = re.sub(r"[-_.]+", "-", match[0]).lower()
            found.setdefault(name, Source(source.file, source.line, name))
    return found


def _requirements(folder: ProjectFolder) -> Iterator[tuple[str, Source]]:
    document = read_toml(folder, pyproject.FILE)
    yield from _listed(document, "project", "dependencies")
    for group in document.table("project", "optional-dependencies"):
        if not _NOT_FOR_PRODUCTION.match(group):
            yield from _listed(document, "project", "optional-dependencies", group)
    yield from _keys(document, "tool", "poetry", "dependencies")
    yield from _keys(read_toml(folder, PIPFILE), "packages")
    wanted = setup_cfg.parse(folder).get(("options", "install_requires"), "")
    for line in wanted.splitlines():
        yield line, setup_cfg.source_of(folder.text(setup_cfg.FILE), "install_requires", line)
    yield from setup_py.requirements(folder)
    for file in folder.find(*REQUIREMENTS):
        if not _NOT_FOR_PRODUCTION.match(file.rpartition("/")[2]):
            yield from _lines(folder, file)


def _listed(document: DataFile, *keys: str) -> Iterator[tuple[str, Source]]:
    for item in as_words(document.get(*keys)):
        yield item, document.source(*keys, mention=item)


def _keys(document: DataFile, *keys: str) -> Iterator[tuple[str, Source]]:
    for name in document.table(*keys):
        yield name, document.source(*keys, name)


def _lines(folder: ProjectFolder, file: str) -> Iterator[tuple[str, Source]]:
    """A line is a requirement, an option that begins with a dash, or a comment."""
    for number, line in enumerate(folder.text(file).splitlines(), start=1):
        if line.strip() and line.strip()[0] not in "-#":
            yield line, Source(file, number, line)
