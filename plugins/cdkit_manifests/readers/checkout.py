"""What git knows, and what the folder is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source

_REMOTE = Source(note="the git remote")
_CREDENTIALS = re.compile(r"^(\w+://)[^/@]*@")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The repository and the commit; and a name for a project that gives itself none."""
    repository = _CREDENTIALS.sub(r"\1", folder.build.repository)
    if folder.name:
        yield Fact("name", folder.name, Source(note=f"the folder {folder.name}"), "assumed")
    if repository:
        yield Fact("repository", repository, _REMOTE, "derived")
        name = re.sub(r"\.git$", "", repository.rstrip("/")).rpartition("/")[2].rpartition(":")[2]
        if name:
            yield Fact("name", name, _REMOTE, "assumed")
    if folder.build.commit:
        yield Fact("commit", folder.build.commit, Source(note="the git checkout"))
