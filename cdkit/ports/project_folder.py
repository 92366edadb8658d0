"""A project's files as its readers see them, and what a reader is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import msgspec

from cdkit.models.build import Build
from cdkit.models.project import Fact, Source


class Found(msgspec.Struct, frozen=True):
    """A place in the text of a project.

    Attributes:
        file: the path from the project's folder.
        line: from 1.
        text: what was found there.
        groups: the groups of the expression that found it; the empty text for one that did not take part.
        start: how many characters of the file come before it.
    """

    file: str
    line: int
    text: str
    groups: tuple[str, ...] = ()
    start: int = 0

    def source(self, note: str) -> Source:
        """The place as the source of a fact."""
        return Source(self.file, self.line, note)


class ProjectFolder(Protocol):
    """The files of one project, read-only and within bounds: none is large, none lies outside the repository.

    Paths are relative to the project's folder, with `/`; one may begin with `../` where metadata is inherited.
    """

    @property
    def name(self) -> str:
        """The name of the folder; empty for the top of a checkout, which is called as its user likes."""
        ...

    @property
    def build(self) -> Build:
        """What git and the build server know."""
        ...

    @property
    def dockerfile(self) -> str:
        """The Dockerfile that the image is made with; there may be none."""
        ...

    @property
    def stage(self) -> str:
        """The stage of the Dockerfile that the image is made of; empty for the last one."""
        ...

    def has(self, path: str) -> bool:
        """Whether there is such a file that can be read."""
        ...

    def find(self, *patterns: str) -> list[str]:
        """The files that match one of the patterns, nearest first.

        A pattern with a slash is for the path (`cmd/*/main.go`), one without for the name in any folder (`*.csproj`).
        Folders of dependencies, of build results and of version control are not looked into.
        """
        ...

    def data(self, path: str) -> bytes:
        """The bytes of a file; none where there is no such file.

        Raises:
            InvalidInput: it is too large, or cannot be opened.
        """
        ...

    def text(self, path: str) -> str:
        """The text of a file; empty where there is none.

        Raises:
            InvalidInput: it is too large, or is not UTF-8.
        """
        ...

    def program_text(self, path: str) -> str:
        """The text that `search` looks at; empty for a file that is too large, or is no text."""
        ...

    def search(self, expression: re.Pattern[str], *patterns: str) -> Iterator[Found]:
        """Every place in the program text of the files that match, tests left out; a file that is no text has none."""
        ...


class ProjectReader(msgspec.Struct, frozen=True):
    """One kind of metadata, and the function that reads it.

    Attributes:
        name: for people (`pyproject`); unique among all plugins.
        looks_for: the files that it knows, as for `ProjectFolder.find`. `read` is called only where one of them is
            there; always where none is named.
        read: gives the facts of a project. Raises `InvalidInput` for a file that is malformed.
        order: of equally sure facts that of the lower order stands. The readers of cdkit have 10 and above.
    """

    name: str
    looks_for: tuple[str, ...]
    read: Callable[[ProjectFolder], Iterable[Fact]]
    order: int = 0
