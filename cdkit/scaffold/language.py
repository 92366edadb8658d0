"""What is found of one language in a project."""

from __future__ import annotations

import msgspec


class Command(msgspec.Struct, frozen=True):
    """A command of the project.

    Attributes:
        line: the program and its arguments. It is made of fixed words, never of what stands in a file.
        source: what it was inferred from, for a person.
    """

    line: str
    source: str


class Language(msgspec.Struct, frozen=True):
    """One language that a project is written in.

    Attributes:
        name: in small letters (`python`).
        metadata: the file that says so.
        project: what that file calls the project; empty when it does not say.
        install: gets what the project depends on; None where the tests do that by themselves.
        test: runs the tests; None when none were found.
    """

    name: str
    metadata: str
    project: str = ""
    install: Command | None = None
    test: Command | None = None
