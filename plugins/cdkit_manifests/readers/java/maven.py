"""pom.xml: what a Maven project says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder
from cdkit_manifests.readers.java.pom import FILE, Pom
from cdkit_manifests.recognise.licenses import license_of_name

_WORDS = {
    "name": ("artifactId",),
    "description": ("description",),
    "homepage": ("url",),
    "vendor": ("organization", "name"),
    "repository": ("scm", "url"),
}


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project and its parents say.

    Raises:
        InvalidInput: a pom is no XML, or has a document type.
    """
    if not folder.has(FILE):
        return
    pom = Pom(folder)
    for name, path in _WORDS.items():
        found = pom.value(*path)
        if found:
            yield Fact(name, *found)
    version = pom.value("version") or pom.value("parent", "version")
    if version:
        yield Fact("version", *version)
    found = pom.value("licenses", "license", "name")
    if found:
        yield Fact("license", license_of_name(found[0]), found[1])
