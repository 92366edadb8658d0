"""Metadata by which a folder is known to hold a program."""

from __future__ import annotations

from cdkit.api import ProjectFolder

_FILES = (
    "pyproject.toml", "setup.py", "requirements.txt", "manage.py", "Gemfile", "composer.json", "go.mod", "Cargo.toml",
    "pom.xml", "build.gradle", "build.gradle.kts", "mix.exs",
)  # fmt: skip
_PATTERNS = ("*.csproj", "*.fsproj", "*.vbproj", "*.gemspec")


def has_program(folder: ProjectFolder) -> bool:
    """Whether a program in a language other than JavaScript is at the top of a folder.

    Then a package.json, or a page, is there for that program.
    """
    return any(map(folder.has, _FILES)) or any("/" not in file for file in folder.find(*_PATTERNS))
