"""A pom with what it inherits, as far as its parents are in the checkout.

https://maven.apache.org/pom.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from cdkit.api import ProjectFolder, Source
from cdkit_manifests.readers.java.model import JavaProject, Library
from cdkit_manifests.reading.xml_file import Element, read_xml

FILE = "pom.xml"
_PROPERTY = re.compile(r"\$\{([^${}]+)\}")
_MOST_PARENTS = 10
_DEEPEST = 10
_TESTED = frozenset({"test", "import", "system"})


class Pom:
    """A pom and those above it.

    Args:
        folder: the project.
        file: the pom, from the project's folder.
    """

    def __init__(self, folder: ProjectFolder, file: str = FILE) -> None:
        self.file = file
        self.chain = list(_chain(folder, file))

    @property
    def root(self) -> Element:
        """The outermost element of the pom itself."""
        return self.chain[0][1]

    def value(self, *path: str) -> tuple[str, Source] | None:
        """A value by the names that lead to it, from the nearest pom that has it, with its properties put in."""
        for file, root in self.chain:
            element = root.first(*path)
            if element.text:
                resolved = self.resolve(element.text)
                return (resolved, element.source(file, ".".join(path))) if resolved else None
        return None

    def resolve(self, text: str, depth: int = _DEEPEST) -> str:
        """A text with its properties put in; empty where one is not known here."""
        unknown = False

        def value(match: re.Match[str]) -> str:
            nonlocal unknown
            known = self._property(match[1]) if depth else None
            inner = "" if known is None else self.resolve(known, depth - 1)
            unknown = unknown or (not inner and known != "")
            return inner

        resolved = _PROPERTY.sub(value, text)
        return "" if unknown else resolved

    @cached_property
    def properties(self) -> dict[str, str]:
        """The properties of all poms, the nearest one's first."""
        found: dict[str, str] = {}
        for _, root in self.chain:
            for element in root.first("properties").children:
                found.setdefault(element.tag, element.text)
        return found

    def _property(self, name: str) -> str | None:
        if name in self.properties:
            return self.properties[name]
        path = name.removeprefix("project.").removeprefix("pom.").split(".")
        if not name.startswith(("project.", "pom.")):
            return None
        if path[0] == "parent":
            return self.root.first(*path).text or None
        for root in (root for _, root in self.chain):
            text = root.first(*path).text or (
                root.first("parent", *path).text if path[0] in {"version", "groupId"} else ""
            )
            if text:
                return text
        return None

    def project(self) -> JavaProject:
        """What frameworks ask of it."""
        return JavaProject(
            file=self.file,
            libraries=dict(self._libraries()),
            plugins=dict(self._plugins()),
            packaging=self.root.first("packaging").text or "jar",
            properties=self.properties,
        )

    def _libraries(self) -> Iterator[tuple[str, Library]]:
        """Those of the farthest pom first, so that the nearest has the last word."""
        for file, root in reversed(self.chain):
            parent = root.first("parent")
            if parent.line:
                yield self._named(file, parent)
            for managed in root.all("dependencyManagement", "dependencies", "dependency"):
                if managed.first("scope").text == "import":
                    yield self._named(file, managed)
            for dependency in root.all("dependencies", "dependency"):
                if dependency.first("scope").text not in _TESTED:
                    yield self._named(file, dependency)

    def _plugins(self) -> Iterator[tuple[str, Library]]:
        for file, root in reversed(self.chain):
            for plugin in root.all("build", "plugins", "plugin"):
                yield self._named(file, plugin)

    def _named(self, file: str, element: Element) -> tuple[str, Library]:
        group = self.resolve(element.first("groupId").text) or "org.apache.maven.plugins"
        artifact = self.resolve(element.first("artifactId").text)
        version = self.resolve(element.first("version").text)
        return f"{group}:{artifact}", Library(element.first("artifactId").source(file, artifact), version)


def _chain(folder: ProjectFolder, file: str) -> Iterator[tuple[str, Element]]:
    """The pom, its parent, and so on, as long as they are files that are really meant."""
    wanted = ""
    for _ in range(_MOST_PARENTS):
        root = read_xml(folder, file, "project")
        if wanted and root.first("artifactId").text != wanted:
            return
        yield file, root
        parent = root.first("parent")
        wanted = parent.first("artifactId").text
        paths = [element.text for element in parent.all("relativePath")] or ["../pom.xml"]
        if not wanted or not paths[0]:
            return
        above = posixpath.normpath(posixpath.join(posixpath.dirname(file), paths[0]))
        file = above if folder.has(above) else posixpath.join(above, FILE)
        if not folder.has(file):
            return
