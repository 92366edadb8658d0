"""setup.py, as far as it can be read without being run: the literal arguments of `setup()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdkit.api import Fact, ProjectFolder, Source

if TYPE_CHECKING:
    import ast

FILE = "setup.py"
_WORDS = {
    "name": "name",
    "version": "version",
    "description": "description",
    "license": "license",
    "url": "homepage",
    "author": "vendor",
}


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project says of itself in so many words."""
    for keyword in arguments(folder):
        name = _WORDS.get(keyword.arg or "")
        value = _literal(keyword.value)
        if name and isinstance(value, str) and value.strip():
            yield Fact(name, value.strip(), Source(FILE, keyword.value.lineno, f"setup({keyword.arg}=)"))


def requirements(folder: ProjectFolder) -> Iterator[tuple[str, Source]]:
    """The requirements that are written down, each with its place."""
    for keyword in arguments(folder):
        wanted = _literal(keyword.value) if keyword.arg == "install_requires" else None
        for item in wanted if isinstance(wanted, list) else ():
            yield str(item), Source(FILE, keyword.value.lineno, str(item))


def arguments(folder: ProjectFolder) -> list[ast.keyword]:
    """The arguments of `setup()`. The file is a program, maybe of another Python: one that does not parse has none."""
    text = folder.text(FILE)
    if not text:
        return []
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = ("setup", "setuptools.setup")
    return [keyword for call in calls if ast.unparse(call.func) in names for keyword in call.keywords]


def _literal(node: ast.expr) -> object:
    import ast

    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
