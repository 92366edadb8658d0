"""pyproject.toml: the standard's metadata, and Poetry's.

https://packaging.python.org/en/latest/specifications/pyproject-toml/, https://python-poetry.org/docs/pyproject/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdkit.api import Fact, ProjectFolder
from cdkit_manifests.readers.python.versions import files_of_attribute, version_in
from cdkit_manifests.reading.data_file import DataFile, as_table, as_word, as_words
from cdkit_manifests.reading.malformed import malformed
from cdkit_manifests.reading.toml_file import read_toml
from cdkit_manifests.recognise.licenses import license_of_classifiers

FILE = "pyproject.toml"
_POETRY = ("tool", "poetry")
_WORDS = ("name", "version", "description", "license")
_URLS = {
    "homepage": "homepage",
    "documentation": "documentation",
    "docs": "documentation",
    "repository": "repository",
    "source": "repository",
    "sourcecode": "repository",
    "github": "repository",
}
"""Well-known labels of URLs; of their letters the case counts nothing, nor do signs and blanks between them."""


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project says of itself.

    Raises:
        InvalidInput: the file is no TOML, or `project` is no table.
    """
    document = read_toml(folder, FILE)
    if not isinstance(document.get("project") or {}, Mapping):
        raise malformed(FILE, "`project` must be a table.", document.source("project").line)
    for root in (("project",), _POETRY):
        yield from document.word_facts({name: (*root, name) for name in _WORDS})
        yield from _license(document, root)
        yield from _urls(document, root)
    yield from document.word_facts({name: (*_POETRY, name) for name in ("homepage", "documentation", "repository")})
    yield from _authors(document)
    yield from _dynamic_version(folder, document)


def _license(document: DataFile, root: tuple[str, ...]) -> Iterator[Fact]:
    text = document.word(*root, "license", "text")
    if text and "\n" not in text:
        yield Fact("license", text, document.source(*root, "license"))
    found = license_of_classifiers(as_words(document.get(*root, "classifiers")))
    if found:
        yield Fact("license", found, document.source(*root, "classifiers", mention="License ::"), "derived")


def _urls(document: DataFile, root: tuple[str, ...]) -> Iterator[Fact]:
    for label, url in document.table(*root, "urls").items():
        name = _URLS.get(re.sub(r"[^a-z]", "", label.lower()))
        if name and as_word(url):
            yield Fact(name, as_word(url), document.source(*root, "urls", label))


def _authors(document: DataFile) -> Iterator[Fact]:
    authors = document.get("project", "authors")
    named = [as_word(as_table(author).get("name")) for author in authors] if isinstance(authors, list) else []
    poetry = [name.partition("<")[0].strip() for name in as_words(document.get(*_POETRY, "authors"))]
    keys = ("project", "authors") if any(named) else (*_POETRY, "authors")
    found = next(filter(None, [*named, *poetry]), "")
    if found:
        yield Fact("vendor", found, document.source(*keys), "derived")


def _dynamic_version(folder: ProjectFolder, document: DataFile) -> Iterator[Fact]:
    """A version that stands in the program: for setuptools an attribute, for hatch a file."""
    hatch = document.word("tool", "hatch", "version", "path")
    if hatch:
        yield from version_in([hatch], folder)
    attribute = document.word("tool", "setuptools", "dynamic", "version", "attr")
    if attribute:
        yield from version_in(files_of_attribute(attribute), folder)
