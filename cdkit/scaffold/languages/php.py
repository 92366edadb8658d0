"""PHP: composer.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cdkit.scaffold.files import mapping, read_json, text
from cdkit.scaffold.language import Command, Language

FILE = "composer.json"
_PHPUNIT = ("phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml")


def look(folder: Path) -> Language | None:
    """The PHP project of a folder."""
    if not (folder / FILE).is_file():
        return None
    document = read_json(folder / FILE)
    name = text(document.get("name")).rpartition("/")[2]
    return Language("php", FILE, name, Command("composer install --no-interaction", FILE), _test(folder, document))


def _test(folder: Path, document: Mapping[str, Any]) -> Command | None:
    if mapping(document.get("scripts")).get("test"):
        return Command("composer run-script test", f"scripts.test in {FILE}")
    settings = next((name for name in _PHPUNIT if (folder / name).is_file()), "")
    return Command("vendor/bin/phpunit", settings) if settings else None
