"""The corpus: small projects of all kinds, as their authors would have them, in `tests/golden/projects/`.

Each is a folder with `project/`, a checkout, and `expected/`, the golden files of what is made of it. Where the project
is only a part of the checkout, `corpus.toml` says so:

    member = "services/cart"        # the project's folder in the checkout
    repository = "https://..."      # what git knows
    stage = "runtime"               # the stage of the Dockerfile that the image is made of
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from cdkit.api import Build, Project
from cdkit_manifests.readers import own_readers
from cdkit_manifests.reading.explain import explain
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project

FOLDER = Path(__file__).parent / "golden" / "projects"


class Case(msgspec.Struct, frozen=True):
    """One project of the corpus.

    Attributes:
        name: the name of its folder.
        checkout: the checkout that it is part of.
        member: its folder in the checkout.
        build: what git knows.
        stage: the stage of its Dockerfile that the image is made of; empty for the last one.
    """

    name: str
    checkout: Path
    member: str
    build: Build
    stage: str = ""

    @property
    def expected(self) -> Path:
        """The folder of its golden files."""
        return FOLDER / self.name / "expected"

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.checkout / self.member

    def read(self) -> Project:
        """What all readers know of it."""
        folder = DiskFolder(self.root, self.checkout, self.build, stage=self.stage)
        return read_project(folder, own_readers())


def cases() -> list[Case]:
    """All projects of the corpus, in the order of their names."""
    return [_case(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "project").is_dir()]


def facts_text(project: Project) -> str:
    """Everything that was found, a line each; what lost against it is indented."""
    lines = [
        f"{'' if row.stands else '  not '}{row.fact} = {row.value} <- {row.source} [{row.confidence}, {row.reader}]"
        for row in explain(project)
    ]
    return "\n".join([*lines, *(f"warning: {warning}" for warning in project.warnings), ""])


def _case(folder: Path) -> Case:
    file = folder / "corpus.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    build = Build(repository=told.get("repository", ""))
    return Case(folder.name, folder / "project", told.get("member", "."), build, told.get("stage", ""))
