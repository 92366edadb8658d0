"""package.json.

https://docs.npmjs.com/cli/configuring-npm/package-json
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cdkit.api import Fact, ProjectFolder
from cdkit_manifests.reading.data_file import DataFile, as_table, as_word
from cdkit_manifests.reading.json_file import read_json
from cdkit_manifests.recognise.programs import has_program

FILE = "package.json"
_WORDS = {name: (name,) for name in ("version", "description", "license", "homepage")}
_HOSTS = {
    "github": "https://github.com/",
    "gitlab": "https://gitlab.com/",
    "bitbucket": "https://bitbucket.org/",
    "": "https://github.com/",
}
"""What the short form of a repository stands for."""
_SHORT = re.compile(r"(?:(github|gitlab|bitbucket):)?([\w.-]+/[\w.-]+)")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the package says of itself; not much is to be made of it beside the metadata of another language.

    Raises:
        InvalidInput: it is no JSON object.
    """
    facts = _facts(read_json(folder, FILE))
    if has_program(folder):
        facts = (msgspec.structs.replace(fact, confidence="assumed") for fact in facts)
    yield from facts


def _facts(document: DataFile) -> Iterator[Fact]:
    name = document.word("name").rpartition("/")[2]
    if name:
        yield Fact("name", name, document.source("name"))
    yield from document.word_facts(_WORDS)
    yield from _repository(document)
    author = document.word("author") or as_word(document.table("author").get("name"))
    vendor = re.split(r"[<(]", author)[0].strip()
    if vendor:
        yield Fact("vendor", vendor, document.source("author"), "derived")


def _repository(document: DataFile) -> Iterator[Fact]:
    given = document.word("repository") or as_word(as_table(document.get("repository")).get("url"))
    short = _SHORT.fullmatch(given)
    url = f"{_HOSTS[short[1] or '']}{short[2]}" if short else given.removeprefix("git+")
    if url:
        yield Fact("repository", url, document.source("repository"))
