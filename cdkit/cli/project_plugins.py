"""The plugins that a pipeline file names: Python files of the project."""

from __future__ import annotations

import os
from pathlib import Path

from cdkit.errors import CheckFailed
from cdkit.models.problem import Problem
from cdkit.pipeline.document import Node
from cdkit.pipeline.include import PLUGINS, repository_of
from cdkit.plugin.files import FilePlugin


def project_plugins(document: Node, file: str, problems: list[Problem], *, untrusted: bool) -> list[FilePlugin]:
    """The plugins of a pipeline file, without running any of their code.

    Args:
        document: the pipeline file.
        file: its path.
        problems: gets what is wrong with the names.
        untrusted: the build is of somebody's pull request who may not run code here.

    Raises:
        CheckFailed: there are plugins, and the build is untrusted.
    """
    section = document.value.get(PLUGINS) if isinstance(document.value, dict) else None
    leaves = section.value if section is not None and isinstance(section.value, list) else []
    named = [leaf for leaf in leaves if isinstance(leaf.value, str) and leaf.value]
    if not named:
        return []
    if untrusted:
        message = "The pipeline has plugins of its own, and they are not loaded for an untrusted pull request."
        raise CheckFailed(message, remedy="Let somebody with the right to push run the pipeline.")
    repository = repository_of(Path(file))
    return [plugin for leaf in named if (plugin := _plugin(leaf, repository, problems))]


def _plugin(leaf: Node, repository: Path, problems: list[Problem]) -> FilePlugin | None:
    path = Path(os.path.realpath(leaf.value))
    if not path.is_relative_to(repository):
        problems.append(Problem(f"The plugin {leaf.value} lies outside of the repository.", leaf.position))
        return None
    if not path.is_file():
        problems.append(Problem(f"There is no plugin {leaf.value}.", leaf.position))
        return None
    return FilePlugin(path, leaf.value)
