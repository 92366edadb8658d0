"""What frameworks ask of a Java project, whatever builds it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cdkit.api import Source

_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?")


class Library(msgspec.Struct, frozen=True):
    """A library or a plugin of the build.

    Attributes:
        source: where it is named.
        version: empty where something else decides it.
    """

    source: Source
    version: str = ""

    @property
    def release(self) -> tuple[int, int] | None:
        """Its major and minor version; None where they are not known."""
        match = _NUMBER.match(self.version)
        return (int(match[1]), int(match[2] or 0)) if match else None


class JavaProject(msgspec.Struct, frozen=True):
    """A project that Maven or Gradle builds.

    Attributes:
        file: its build file.
        libraries: by `group:artifact`.
        plugins: the plugins of the build, by `group:artifact` of Maven and by the id of Gradle.
        packaging: `jar`, `war` or whatever else is made.
        properties: what the build defines.
    """

    file: str
    libraries: dict[str, Library] = {}
    plugins: dict[str, Library] = {}
    packaging: str = "jar"
    properties: dict[str, str] = {}

    def library(self, *names: str) -> Library | None:
        """The first of some libraries that the project needs."""
        return next((self.libraries[name] for name in names if name in self.libraries), None)

    def plugin(self, *names: str) -> Library | None:
        """The first of some plugins that the build uses."""
        return next((self.plugins[name] for name in names if name in self.plugins), None)

    def of_group(self, groups: Iterable[str]) -> Library | None:
        """The first library of one of some groups."""
        wanted = tuple(f"{group}:" for group in groups)
        return next((library for name, library in self.libraries.items() if name.startswith(wanted)), None)
