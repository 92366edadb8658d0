"""The files of one project on the disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path

from cdkit.api import Build, Found
from cdkit_manifests.reading.malformed import malformed
from cdkit_manifests.reading.program_text import is_comment, is_test, without_long_lines
from cdkit_manifests.reading.walk import Listing, list_files

DOCKERFILES = ("Dockerfile", "Containerfile", "docker/Dockerfile", "src/main/docker/Dockerfile.jvm")
"""Where Dockerfiles are, the usual place first; the last one is Quarkus'."""
LARGEST = 1024 * 1024
"""Bytes of one metadata file."""
LARGEST_SOURCE = 512 * 1024
"""Bytes of one file that is searched; a larger one was not written by hand."""
MOST_SEARCHED = 16 * 1024 * 1024
"""Bytes that are searched in one project."""
MOST_MATCHES = 1000
"""Places that are given of one file."""
_WILDCARDS = {"*": "[^/]*", "**/": "(?:.*/)?"}


class DiskFolder:
    """A project's folder. Implements `cdkit.api.ProjectFolder`. Every file is read once.

    Args:
        root: the project's folder.
        boundary: the folder above which nothing is read, nor where a link leads out of it: the checkout.
        build: what git and the build server know.
        dockerfile: the Dockerfile that the image is made with, from the folder; the usual one when left out.
        stage: the stage of it that the image is made of; the last one when left out.
    """

    def __init__(
        self,
        root: Path,
        boundary: Path | None = None,
        build: Build | None = None,
        *,
        dockerfile: str = "",
        stage: str = "",
    ) -> None:
        self._root = os.path.realpath(root)
        self._boundary = os.path.realpath(boundary or root)
        self.build = build or Build()
        self.stage = stage
        self._dockerfile = dockerfile
        self._data: dict[str, bytes | None] = {}
        self._sources: dict[str, str] = {}
        self._searched = 0

    @property
    def name(self) -> str:
        """The name of the folder; empty for the boundary itself, which whoever checks out names as he likes."""
        return "" if self._root == self._boundary else os.path.basename(self._root)  # noqa: PTH119 -- it is text

    @cached_property
    def dockerfile(self) -> str:
        """The Dockerfile that the image is made with; there may be none."""
        return self._dockerfile or next(filter(self.has, DOCKERFILES), DOCKERFILES[0])

    @cached_property
    def listing(self) -> Listing:
        """All files of the project."""
        return list_files(self._root)

    def has(self, path: str) -> bool:
        """Whether there is such a file that can be read."""
        return self._locate(path) is not None

    def find(self, *patterns: str) -> list[str]:
        """The files that match one of the patterns, nearest first."""
        wanted = _matcher(patterns)
        links = self.listing.links
        return [path for path in self.listing.files if wanted.fullmatch(path) and (path not in links or self.has(path))]

    def data(self, path: str) -> bytes:
        """The bytes of a file; none where there is no such file.

        Raises:
            InvalidInput: it is too large, or cannot be opened.
        """
        if path not in self._data:
            self._data[path] = self._read(path)
        return self._data[path] or b""

    def text(self, path: str) -> str:
        """The text of a file; empty where there is none.

        Raises:
            InvalidInput: it is too large, or is not UTF-8.
        """
        data = self.data(path)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - data.rfind(b"\n", 0, error.start)
            raise malformed(path, f"The byte 0x{data[error.start]:02x} is not UTF-8.", line, column) from error

    def program_text(self, path: str) -> str:
        """The text that `search` looks at; empty for a file that is too large, or is no text."""
        if path not in self._sources:
            self._sources[path] = self._read_source(path)
        return self._sources[path]

    def search(self, expression: re.Pattern[str], *patterns: str) -> Iterator[Found]:
        """Every place in the program text of the files that match."""
        for path in self.find(*patterns):
            if not is_test(path):
                yield from _found(expression, path, self.program_text(path))

    def _locate(self, path: str) -> str | None:
        real = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118 -- `pathlib` takes three times as long
        inside = real.startswith(os.path.join(self._boundary, ""))  # noqa: PTH118
        return real if inside and os.path.isfile(real) else None  # noqa: PTH113

    def _read(self, path: str) -> bytes | None:
        place = self._locate(path)
        if place is None:
            return None
        try:
            with open(place, "rb") as file:  # noqa: PTH123
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise malformed(path, f"It cannot be opened: {error.strerror}.") from error
        if len(data) > LARGEST:
            raise malformed(path, f"It is larger than {LARGEST // 1024} KiB.")
        return data

    def _read_source(self, path: str) -> str:
        place = self._locate(path)
        if place is None or self._searched >= MOST_SEARCHED:
            return ""
        try:
            with open(place, "rb") as file:  # noqa: PTH123
                data = file.read(LARGEST_SOURCE + 1)
        except OSError:
            return ""
        if len(data) > LARGEST_SOURCE or b"\0" in data:
            return ""
        self._searched += len(data)
        return without_long_lines(data.decode("utf-8", errors="replace"))


def _found(expression: re.Pattern[str], path: str, text: str) -> Iterator[Found]:
    line, counted = 1, 0
    for match in islice(expression.finditer(text), MOST_MATCHES):
        if not is_comment(path, text, match.start()):
            line += text.count("\n", counted, match.start())
            counted = match.start()
            groups = tuple(group or "" for group in match.groups())
            yield Found(path, line, match[0], groups, counted)


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_expression, patterns)))


def _expression(pattern: str) -> str:
    parts = (_WILDCARDS.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*)", pattern))
    anywhere = "" if "/" in pattern else _WILDCARDS["**/"]
    return f"(?:{anywhere}{''.join(parts)})"
