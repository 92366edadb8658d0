"""Where a test stands in the checkout, as its tool tells of it from inside of a container."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain, islice
from pathlib import Path, PurePosixPath

import msgspec

MOST_MENTIONS = 100
"""Places in one text that are looked up; a trace of a thousand frames is of library code for the most part."""

MOST_MODULES = 50
DEEPEST = 30
_MENTION = re.compile(r"(?<![\w@.+/\\-])([\w@.+/\\-]++)(?::(?:line )?|\", line )(\d{1,7})(?!\d)")
"""`tests/a.py:12`, `File "/src/a.py", line 12`, `(Cart.java:42)`, `/src/Cart.cs:line 42`, `a.js:12:5`."""

_QUALIFIED = re.compile(r"[\w.$/:\\-]+")


class Place(msgspec.Struct, frozen=True):
    """A line of a file of the checkout; `file` is empty for none, and `line` 0 when it is not known."""

    file: str = ""
    line: int = 0


class Places:
    """Knows the files of a checkout by what somebody else calls them: in a container they stand below another folder.

    Args:
        workspace: the folder of the checkout. Nothing outside of it is ever looked at.
    """

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace.resolve()
        self._known: dict[tuple[str, str], str] = {}

    def of(self, file: str, line: int, group: str, details: str) -> Place:
        """The place of a test that did not pass: where it failed in its own file, else where its file says it stands.

        Args:
            file: as the report names it; may be empty.
            line: as the report has it, from 1; 0 for none.
            group: the class or package of the test.
            details: what is said of it, in which further places may stand.
        """
        own = self.file(file, group)
        mentioned = list(self._mentioned(group, details))
        words = _words(group)
        in_own = (place for place in mentioned if (place.file == own if own else _stem(place.file) in words))
        in_tests = (place for place in mentioned if _is_of_tests(place.file))
        if own:
            return next(in_own, Place(own, line))
        return next(chain(in_own, in_tests, mentioned), Place())

    def file(self, named: str, group: str) -> str:
        """The file of the checkout that is meant, relative to it; empty for none.

        Args:
            named: a path of any machine, or only a name.
            group: the class or package in which it stands.
        """
        key = (named, group if "/" not in named else "")
        if key not in self._known:
            candidates = (path for candidate in _candidates(named, group) for path in self._in_modules(candidate))
            self._known[key] = next(filter(self._is_here, candidates), "")
        return self._known[key]

    def _in_modules(self, candidate: str) -> Iterator[str]:
        """A path, and where it begins at the root of sources the same path in each module of Maven or Gradle."""
        yield candidate
        if candidate.startswith("src/"):
            yield from (f"{module}/{candidate}" for module in self._modules)

    @cached_property
    def _modules(self) -> list[str]:
        return sorted(folder.parent.name for folder in islice(self._workspace.glob("*/src"), MOST_MODULES))

    def _mentioned(self, group: str, details: str) -> Iterator[Place]:
        for count, mention in enumerate(_MENTION.finditer(details)):
            if count >= MOST_MENTIONS:
                return
            if file := self.file(mention[1], group):
                yield Place(file, int(mention[2]))

    def _is_here(self, candidate: str) -> bool:
        try:
            path = (self._workspace / candidate).resolve()
            return path.is_file() and path.is_relative_to(self._workspace)
        except (OSError, ValueError, RuntimeError):
            return False


def _candidates(named: str, group: str) -> Iterator[str]:
    """Paths below the checkout that may be meant, the longest first."""
    parts = [part for part in named.replace("\\", "/").split("/") if part not in {"", "."}]
    if not parts or ".." in parts or len(parts) > DEEPEST or "." not in parts[-1]:
        return
    if len(parts) == 1:
        yield from _in_the_package(parts[0], group)
    for start in range(len(parts)):
        yield "/".join(parts[start:])


def _in_the_package(name: str, group: str) -> Iterator[str]:
    """A file that is named without its folder, as Java and Go do: its package is the folder."""
    if not _QUALIFIED.fullmatch(group):
        return
    is_class = "/" not in group
    package = [part for part in group.split("." if is_class else "/") if part not in {"", ".."}][:DEEPEST]
    if is_class:
        package = package[:-1]
        yield from ("/".join([root, *package, name]) for root in _JVM_ROOTS)
    yield from ("/".join([*package[start:], name]) for start in range(len(package)))


_JVM_ROOTS = tuple(f"src/{kind}/{language}" for kind in ("test", "main") for language in ("java", "kotlin", "groovy"))


def _stem(file: str) -> str:
    return PurePosixPath(file).stem


def _words(group: str) -> set[str]:
    return set(re.split(r"[^\w]+", group)) - {""}


def _is_of_tests(file: str) -> bool:
    return re.search(r"test|spec", file, re.IGNORECASE) is not None
