"""Rust: Cargo.toml."""

from __future__ import annotations

from pathlib import Path

from cdkit.scaffold.files import mapping, read_toml, text
from cdkit.scaffold.language import Command, Language

FILE = "Cargo.toml"


def look(folder: Path) -> Language | None:
    """The Rust package or workspace of a folder."""
    if not (folder / FILE).is_file():
        return None
    name = text(mapping(read_toml(folder / FILE).get("package")).get("name"))
    locked = (folder / "Cargo.lock").is_file()
    test = Command("cargo test --locked", f"{FILE} and Cargo.lock") if locked else Command("cargo test", FILE)
    return Language("rust", FILE, name, test=test)
