"""The licence, by its text."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.recognise.licenses import license_of_text

FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING", "COPYING.txt")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The licence of the first file that has one of the usual texts."""
    for file in FILES:
        found = license_of_text(folder.data(file).decode("utf-8", errors="replace"))
        if found:
            yield Fact("license", found, Source(file, note="the text"), "derived")
            return
