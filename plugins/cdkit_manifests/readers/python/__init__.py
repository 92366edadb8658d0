"""Python: what packages say of themselves, and what the application is made with."""

from __future__ import annotations

from cdkit.api import ProjectReader
from cdkit_manifests.readers.python import application, pyproject, setup_cfg, setup_py

READERS = [
    ProjectReader("pyproject", (pyproject.FILE,), pyproject.read, 10),
    ProjectReader("setup.cfg", (setup_cfg.FILE,), setup_cfg.read, 11),
    ProjectReader("setup.py", (setup_py.FILE,), setup_py.read, 12),
    ProjectReader("python", application.FILES, application.read, 13),
]
