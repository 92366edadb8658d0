"""Plugins that are a Python file of the project itself."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from zlib import crc32


class FilePlugin:
    """A file that is loaded as a plugin. Implements `cdkit.plugin.manager.PluginEntry`.

    Args:
        path: the file.
        shown: its name, as the pipeline file has it.
    """

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self.name = shown

    def load(self) -> ModuleType:
        """Import the file, under a name that no package has.

        Raises:
            ImportError: it is no Python file.
            Exception: whatever the file raises.
        """
        name = f"cdkit_project_plugin_{crc32(bytes(self._path)):08x}"
        spec = importlib.util.spec_from_file_location(name, self._path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{self.name} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        # msgspec looks the annotations of a class up in the module that it comes from.
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
