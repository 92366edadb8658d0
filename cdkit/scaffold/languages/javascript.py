"""JavaScript and TypeScript: package.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cdkit.scaffold.files import first_present, mapping, read_json, text
from cdkit.scaffold.language import Command, Language

FILE = "package.json"
_INSTALLERS = {
    "package-lock.json": "npm ci",
    "yarn.lock": "yarn install --frozen-lockfile",
    "pnpm-lock.yaml": "pnpm install --frozen-lockfile",
    "bun.lock": "bun install --frozen-lockfile",
}
_NO_TEST = "no test specified"
"""What `npm init` writes where a test would be."""


def look(folder: Path) -> Language | None:
    """The JavaScript project of a folder."""
    if not (folder / FILE).is_file():
        return None
    document = read_json(folder / FILE)
    install = _install(folder, document)
    script = text(mapping(document.get("scripts")).get("test"))
    test = None
    if script and _NO_TEST not in script:
        manager = install.line.split()[0] if install else "npm"
        test = Command(f"{manager} run test", f"scripts.test in {FILE}")
    return Language("javascript", FILE, text(document.get("name")).rpartition("/")[2], install, test)


def _install(folder: Path, document: Mapping[str, Any]) -> Command | None:
    lock, line = first_present(folder, _INSTALLERS)
    if lock:
        return Command(line, lock)
    if document.get("dependencies") or document.get("devDependencies"):
        return Command("npm install", f"the dependencies in {FILE}")
    return None
