"""A Gradle project with what the builds above it say for all projects.

https://docs.gradle.org/current/userguide/multi_project_builds.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from cdkit.api import ProjectFolder, Source
from cdkit_manifests.readers.java.gradle_script import Statement, statements
from cdkit_manifests.readers.java.model import JavaProject, Library
from cdkit_manifests.reading.data_file import DataFile, as_table, as_word
from cdkit_manifests.reading.properties_file import read_properties
from cdkit_manifests.reading.toml_file import read_toml

BUILD_FILES = ("build.gradle.kts", "build.gradle")
SETTINGS_FILES = ("settings.gradle.kts", "settings.gradle")
CATALOG = "gradle/libs.versions.toml"
_MOST_PARENTS = 6
_FOR_ALL = frozenset({"allprojects", "subprojects"})
_SCOPES = frozenset({"implementation", "api", "runtimeOnly", "compileOnlyApi", "providedRuntime", "developmentOnly"})
_PLATFORMS = frozenset({"platform", "enforcedPlatform", "mavenBom", "project", "kotlin", "npm", "files"})
_VARIABLE = re.compile(r"\$(?:\{([\w.]+)\}|(\w+))")


class GradleBuild:
    """A Gradle project.

    Args:
        folder: the project.
        file: its build file, from the project's folder.
    """

    def __init__(self, folder: ProjectFolder, file: str) -> None:
        self.file = file
        self._folder = folder
        self.top, self.settings = _settings_above(folder)
        above = next((name for name in _in(self.top, BUILD_FILES) if folder.has(name)), "")
        self._own = statements(folder.text(file))
        self._above = statements(folder.text(above)) if above and above != file else ()
        self._above_file = above

    def assigned(self, name: str) -> tuple[str, Source] | None:
        """The text that is assigned to a property of the project (`version`), by itself or for all projects."""
        for file, statement in self._everything():
            if statement.words[0] in {name, f"project.{name}"} and len(statement.texts) == 1:
                value = self.expand(statement.texts[0])
                if value and len(statement.words) == 1:
                    return value, Source(file, statement.line, name)
        if name in self._properties.values:
            return self._properties.values[name], self._properties.source(name)
        return None

    @cached_property
    def root_name(self) -> tuple[str, Source] | None:
        """What the settings call the outermost project."""
        for statement in statements(self._folder.text(self.settings)) if self.settings else ():
            if statement.words[0] == "rootProject.name" and statement.texts:
                return statement.texts[0], Source(self.settings, statement.line, "rootProject.name")
        return None

    def project_source(self) -> Source:
        """The project's folder as a source: Gradle calls a project after it."""
        return Source(self.file, note="the project's folder")

    def project(self) -> JavaProject:
        """What frameworks ask of it."""
        plugins = dict(self._plugins())
        return JavaProject(
            file=self.file,
            libraries=dict(self._libraries()),
            plugins=plugins,
            packaging="war" if "war" in plugins else "jar",
            properties=self._variables,
        )

    def expand(self, text: str) -> str:
        """A text with its variables put in; empty where one is not known."""
        unknown = False

        def value(match: re.Match[str]) -> str:
            nonlocal unknown
            known = self._variables.get((match[1] or match[2]).rpartition(".")[2])
            unknown = unknown or known is None
            return known or ""

        expanded = _VARIABLE.sub(value, text)
        return "" if unknown else expanded

    def _everything(self) -> Iterator[tuple[str, Statement]]:
        """The statements that are about this project: its own, and those of the top that are for all."""
        for statement in self._own:
            if not statement.block or statement.block[0] in {"allprojects", "project"}:
                yield self.file, statement
        for statement in self._above:
            if statement.block and statement.block[0] in _FOR_ALL:
                yield self._above_file, statement

    def _in_block(self, name: str) -> Iterator[tuple[str, Statement]]:
        for statement in self._own:
            if statement.block[:1] == (name,) or statement.block[:2] == ("allprojects", name):
                yield self.file, statement
        for statement in self._above:
            if statement.block[:1] and statement.block[0] in _FOR_ALL and statement.block[1:2] == (name,):
                yield self._above_file, statement

    @cached_property
    def _properties(self) -> _Values:
        return _Values(self._folder, list(dict.fromkeys(["gradle.properties", *_in(self.top, ("gradle.properties",))])))

    @cached_property
    def _variables(self) -> dict[str, str]:
        """Texts that have a name: of gradle.properties, and of the scripts."""
        found = dict(self._properties.values)
        for statement in (*self._above, *self._own):
            if statement.is_assignment and len(statement.texts) == 1:
                found[statement.words[-1].rpartition(".")[2]] = statement.texts[0]
        return found

    @cached_property
    def _catalog(self) -> DataFile:
        return read_toml(self._folder, next(iter(_in(self.top, (CATALOG,)))))

    def _plugins(self) -> Iterator[tuple[str, Library]]:
        for file, statement in self._in_block("plugins"):
            yield from self._plugin(file, statement)
        for file, statement in self._everything():
            if statement.words[:1] == ("apply",) and statement.texts:
                yield statement.texts[0], Library(Source(file, statement.line, statement.texts[0]))

    def _plugin(self, file: str, statement: Statement) -> Iterator[tuple[str, Library]]:
        first, texts = statement.words[0], statement.texts
        if first == "id" and texts:
            version = self.expand(texts[1]) if len(texts) > 1 else ""
            yield texts[0], Library(Source(file, statement.line, texts[0]), version)
        elif first == "alias":
            plugin = self._of_catalog("plugins", statement.words[1].removeprefix("libs.plugins."))
            name = as_word(plugin.get("id"))
            if name:
                yield name, Library(Source(file, statement.line, name), self._version(plugin))
        elif first == "kotlin" and texts:
            name = f"org.jetbrains.kotlin.{texts[0]}"
            yield name, Library(Source(file, statement.line, name))
        elif len(statement.words) == 1 and not texts:
            yield first, Library(Source(file, statement.line, first))

    def _libraries(self) -> Iterator[tuple[str, Library]]:
        for file, statement in self._in_block("dependencies"):
            if statement.words[0] in _SCOPES and not {"project", "files"} & set(statement.words):
                yield from self._named(file, statement)

    def _named(self, file: str, statement: Statement) -> Iterator[tuple[str, Library]]:
        if {"group", "name"} <= set(statement.words) and len(statement.texts) > 1:
            group, artifact = statement.texts[:2]
            yield self._library(file, statement, f"{group}:{artifact}", "".join(statement.texts[2:3]))
        elif statement.texts:
            group, _, rest = statement.texts[0].partition(":")
            artifact, _, version = rest.partition(":")
            if artifact:
                yield self._library(file, statement, f"{group}:{artifact}", version)
        else:
            for word in statement.words[1:]:
                for entry in self._entries(word):
                    yield self._library(file, statement, entry[0], entry[1])

    def _library(self, file: str, statement: Statement, name: str, version: str) -> tuple[str, Library]:
        place = Source(file, statement.line, name.partition(":")[2])
        return name, Library(place, self.expand(version.partition("@")[0]))

    def _entries(self, word: str) -> Iterator[tuple[str, str]]:
        """The libraries that an entry of the catalog stands for: one, or a bundle of them."""
        if not word.startswith("libs."):
            return
        name = word.removeprefix("libs.").removesuffix(".get")
        entry = self._of_catalog("libraries", name)
        module = as_word(entry.get("module")) or f"{as_word(entry.get('group'))}:{as_word(entry.get('name'))}"
        if entry:
            yield module, self._version(entry)
            return
        for key, members in self._catalog.table("bundles").items():
            if _accessor(key) == name.removeprefix("bundles.") and isinstance(members, list):
                for member in members:
                    yield from self._entries(f"libs.{_accessor(str(member))}")

    def _of_catalog(self, section: str, accessor: str) -> Mapping[str, object]:
        for key, entry in self._catalog.table(section).items():
            if _accessor(key) == accessor:
                return _entry(section, entry)
        return {}

    def _version(self, entry: Mapping[str, object]) -> str:
        version = entry.get("version")
        reference = as_word(as_table(version).get("ref"))
        return as_word(version) or (self._catalog.word("versions", reference) if reference else "")


class _Values:
    """Properties of several files, the first one's first."""

    def __init__(self, folder: ProjectFolder, files: list[str]) -> None:
        self.values: dict[str, str] = {}
        self._sources: dict[str, Source] = {}
        for file in files:
            properties = read_properties(folder, file)
            for key, value in properties.values.items():
                if key not in self.values:
                    self.values[key] = value
                    self._sources[key] = properties.source(key)

    def source(self, key: str) -> Source:
        return self._sources[key]


def _entry(section: str, entry: object) -> Mapping[str, object]:
    """An entry of a catalog, long or short (`group:name:version`, `id:version`)."""
    if not isinstance(entry, str):
        return as_table(entry)
    head, _, version = entry.rpartition(":")
    return {"id" if section == "plugins" else "module": head, "version": version}


def _accessor(key: str) -> str:
    return re.sub(r"[-_]", ".", key)


def _in(folder: str, files: tuple[str, ...]) -> list[str]:
    return [posixpath.join(folder, file) if folder else file for file in files]


def _settings_above(folder: ProjectFolder) -> tuple[str, str]:
    """The folder of the nearest settings at or above the project, and the file; both empty where there are none."""
    for count in range(_MOST_PARENTS + 1):
        place = posixpath.join(*[".."] * count) if count else ""
        for file in _in(place, SETTINGS_FILES):
            if folder.has(file):
                return place, file
    return "", ""
