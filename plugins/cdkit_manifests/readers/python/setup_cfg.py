"""setup.cfg: setuptools' metadata of old.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.readers.python.versions import files_of_attribute, version_in
from cdkit_manifests.reading.lines import source_of_match
from cdkit_manifests.reading.malformed import malformed
from cdkit_manifests.recognise.licenses import license_of_classifiers

FILE = "setup.cfg"
_WORDS = {
    "name": "name",
    "version": "version",
    "description": "description",
    "license": "license",
    "url": "homepage",
    "author": "vendor",
}
_ELSEWHERE = ("attr:", "file:")
"""A value that begins so stands in another file."""


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project says of itself.

    Raises:
        InvalidInput: the file is no INI file.
    """
    values = parse(folder)
    text = folder.text(FILE)
    for key, name in _WORDS.items():
        value = values.get(("metadata", key), "")
        if value and not value.startswith(_ELSEWHERE):
            yield Fact(name, value, source_of(text, key, f"metadata.{key}"))
    version = values.get(("metadata", "version"), "")
    if version.startswith("attr:"):
        yield from version_in(files_of_attribute(version.removeprefix("attr:").strip()), folder)
    found = license_of_classifiers(values.get(("metadata", "classifiers"), "").splitlines())
    if found:
        yield Fact("license", found, source_of(text, "classifiers", "metadata.classifiers"), "derived")


def parse(folder: ProjectFolder) -> dict[tuple[str, str], str]:
    """The values of the file, by section and key.

    Raises:
        InvalidInput: the file is no INI file.
    """
    import configparser

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(folder.text(FILE))
    except configparser.MissingSectionHeaderError as error:
        raise malformed(FILE, "It is no INI file: a section must come first.", error.lineno) from error
    except configparser.ParsingError as error:
        line = error.errors[0][0] if error.errors else 1
        raise malformed(FILE, "It is no INI file: neither a section nor `key = value`.", line) from error
    return {(section, key): value.strip() for section in parser.sections() for key, value in parser.items(section)}


def source_of(text: str, key: str, note: str) -> Source:
    """Where a key stands."""
    match = re.search(rf"^{re.escape(key)}\s*[=:]", text, re.MULTILINE | re.IGNORECASE)
    return source_of_match(FILE, text, match, note) if match else Source(FILE, note=note)
