"""Java and its kin: pom.xml of Maven, build.gradle of Gradle."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.parsers import expat

from cdkit.scaffold.files import read_text
from cdkit.scaffold.language import Command, Language

POM = "pom.xml"
GRADLE = ("build.gradle", "build.gradle.kts")
_SETTINGS = ("settings.gradle", "settings.gradle.kts")
_ROOT_NAME = re.compile(r"^\s*rootProject\.name\s*=\s*[\"']([^\"'\n]+)", re.MULTILINE)


def look(folder: Path) -> Language | None:
    """The Maven or Gradle project of a folder."""
    if (folder / POM).is_file():
        program, source = _program(folder, "mvnw", "mvn", POM)
        name = _artifact(read_text(folder / POM))
        return Language("java", POM, name, test=Command(f"{program} --batch-mode verify", source))
    build = next((name for name in GRADLE if (folder / name).is_file()), "")
    if not build:
        return None
    program, source = _program(folder, "gradlew", "gradle", build)
    found = (_ROOT_NAME.search(read_text(folder / settings)) for settings in _SETTINGS)
    name = next((match[1] for match in found if match), "")
    return Language("java", build, name, test=Command(f"{program} --console=plain test", source))


def _program(folder: Path, wrapper: str, program: str, metadata: str) -> tuple[str, str]:
    """The project's own wrapper, else the program that is installed."""
    if (folder / wrapper).is_file():
        return f"sh {wrapper}", f"{metadata} and {wrapper}"
    return program, metadata


class _Name:
    """Takes the `artifactId` of the project itself out of a pom: that of its parent or a dependency is deeper."""

    def __init__(self) -> None:
        self.text = ""
        self._path: list[str] = []

    def start(self, tag: str, _: Any) -> None:
        self._path.append(tag)

    def end(self, _: str) -> None:
        self._path.pop()

    def data(self, data: str) -> None:
        if self._path == ["project", "artifactId"]:
            self.text += data


def _artifact(pom: str) -> str:
    name = _Name()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = name.start, name.end
    parser.CharacterDataHandler = name.data
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(pom, True)  # noqa: FBT003 -- expat takes it by position only
    except (expat.ExpatError, ValueError):
        return ""
    return name.text.strip()


def _refuse(*_: Any) -> None:
    raise ValueError("a pom declares no entities; one that does wants to grow")
