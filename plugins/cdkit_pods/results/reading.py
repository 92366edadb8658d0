"""Finds the reports among the files that came out of a pod, and reads them. Nothing in that folder is trusted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from cdkit.api import TestCase, plain_line
from cdkit_pods.results.dialects import case_of
from cdkit_pods.results.junit_xml import MOST_CASES, Parsed, RawCase, parse_junit
from cdkit_pods.results.merging import attempts_as_one
from cdkit_pods.results.patterns import matcher
from cdkit_pods.results.places import Places

LARGEST = 64_000_000
"""Bytes of one file."""

LARGEST_TOGETHER = 500_000_000
"""Bytes of all files."""

MOST_FILES = 10_000
LONGEST_ROOT = 100
_TOO_MUCH = (
    f"It is not read, for before it came {MOST_FILES} files, {MOST_CASES} tests or {LARGEST_TOGETHER // 1_000_000} MB."
)
_OPENED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Neither a link is followed, nor is waited for the writer of a pipe."""


class BrokenFile(msgspec.Struct, frozen=True):
    """A report that cannot be read: its path in the folder, the line (0 for none), and what is wrong."""

    file: str
    line: int
    flaw: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.flaw}"


class OtherFile(msgspec.Struct, frozen=True):
    """A file that the patterns name and that is no JUnit XML, but something else; `root` is its outermost element."""

    file: str
    root: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the reports of one attempt say.

    Attributes:
        cases: the tests, in the order of the files' paths.
        files: the reports, by their paths in the folder.
        broken: those that cannot be read, or not to their end.
        others: files that the patterns name, and that are no reports.
    """

    cases: tuple[TestCase, ...] = ()
    files: tuple[str, ...] = ()
    broken: tuple[BrokenFile, ...] = ()
    others: tuple[OtherFile, ...] = ()


class _Content(msgspec.Struct, frozen=True):
    """The bytes of a file, or why there are none."""

    data: bytes = b""
    flaw: str = ""


def read_reports(folder: Path, patterns: Sequence[str], *, workspace: Path, shard: int | None = None) -> Reading:
    """Read all reports of an artifact folder.

    Args:
        folder: what came out of the pod; no link in it is followed.
        patterns: which files, relative to it: `**/*.xml`, `reports/unit.xml`.
        workspace: the checkout, to which places in the reports are made relative.
        shard: of which shard they are.
    """
    places = Places(workspace)
    cases: list[TestCase] = []
    files: list[str] = []
    broken: list[BrokenFile] = []
    others: list[OtherFile] = []
    size = 0
    for file in _found(folder, patterns):
        shown = _shown(file)
        if len(files) >= MOST_FILES or len(cases) >= MOST_CASES or size > LARGEST_TOGETHER:
            broken.append(BrokenFile(shown, 0, _TOO_MUCH))
            break
        content = _content(folder / file)
        size += len(content.data)
        parsed = _parsed(content, places, shard)
        if not parsed.is_junit:
            others.append(OtherFile(shown, plain_line(parsed.root)[:LONGEST_ROOT]))
            continue
        files.append(shown)
        cases += attempts_as_one(parsed.cases) if parsed.names_are_unique else parsed.cases
        if parsed.flaw:
            broken.append(BrokenFile(shown, parsed.line, parsed.flaw))
    return Reading(cases=tuple(cases), files=tuple(files), broken=tuple(broken), others=tuple(others))


def _found(folder: Path, patterns: Sequence[str]) -> Iterator[str]:
    """The paths of the files that are meant, in their order."""
    is_meant = matcher(patterns)
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(parent, name), folder)  # noqa: PTH118 -- text is what is matched
            if is_meant(path) and not (folder / path).is_symlink():
                yield path


def _parsed(content: _Content, places: Places, shard: int | None) -> Parsed[TestCase]:
    def make(raw: RawCase) -> TestCase:
        return case_of(raw, places, shard)

    return Parsed([], flaw=content.flaw) if content.flaw else parse_junit(content.data, make)


def _content(path: Path) -> _Content:
    """The bytes of a plain file."""
    try:
        descriptor = os.open(path, _OPENED)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return _Content(flaw="It is no plain file.")
            data = file.read(LARGEST + 1)
    except OSError as error:
        return _Content(flaw=f"It cannot be read: {error.strerror}.")
    return _Content(data) if len(data) <= LARGEST else _Content(flaw=f"It has more than {LARGEST // 1_000_000} MB.")


def _shown(path: str) -> str:
    """A path as text that can be shown and written down; its bytes may be no Unicode."""
    return plain_line(os.fsencode(path).decode("utf-8", errors="replace"))
