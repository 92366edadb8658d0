"""A version that stands in the program and not in the metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cdkit.api import Fact, ProjectFolder
from cdkit_manifests.reading.lines import source_of_match

_VERSION = re.compile(r"""^__version__\s*(?::\s*\w+\s*)?=\s*["']([^"'\n]+)["']""", re.MULTILINE)


def version_in(files: Iterable[str], folder: ProjectFolder) -> Iterator[Fact]:
    """The `__version__` of the first of some files that has one."""
    for file in files:
        text = folder.text(file)
        match = _VERSION.search(text)
        if match:
            yield Fact("version", match[1], source_of_match(file, text, match, "__version__"))
            return


def files_of_attribute(attribute: str) -> list[str]:
    """The files in which the attribute of a module (`hello.__version__`) may stand."""
    module = attribute.rpartition(".")[0].replace(".", "/")
    return [f"{source}{module}{file}" for source in ("", "src/") for file in ("/__init__.py", ".py")]
