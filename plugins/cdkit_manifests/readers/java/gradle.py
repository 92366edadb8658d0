"""build.gradle and its kin: what a Gradle project says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder
from cdkit_manifests.readers.java.gradle_build import BUILD_FILES, GradleBuild


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project and the builds above it say.

    Raises:
        InvalidInput: the version catalog is no TOML.
    """
    build = own_build(folder)
    if build is None:
        return
    if build.root_name and not build.top:
        yield Fact("name", *build.root_name)
    elif folder.name:
        yield Fact("name", folder.name, build.project_source(), "derived")
    for name in ("version", "description"):
        found = build.assigned(name)
        if found and found[0] != "unspecified":
            yield Fact(name, *found)


def own_build(folder: ProjectFolder) -> GradleBuild | None:
    """The build of the project; None where it has none."""
    file = next(filter(folder.has, BUILD_FILES), "")
    return GradleBuild(folder, file) if file else None
