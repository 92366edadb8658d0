"""JavaScript and TypeScript: package.json, and what the program shows."""

from __future__ import annotations

from cdkit.api import ProjectReader
from cdkit_manifests.readers.node import application, package

READERS = [
    ProjectReader("package.json", (package.FILE,), package.read, 40),
    ProjectReader("node", (package.FILE,), application.read, 41),
]
