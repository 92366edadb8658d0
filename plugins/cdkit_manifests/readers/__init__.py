"""Readers: one module, or one folder, a kind of metadata. A reader gives facts; it never decides what is made of them.

Their order is that in which equally sure facts count: first what the project's own language says, JavaScript last of
the languages, since many a project of another language has a package.json for its assets; then the image, then how it
is run elsewhere, and last what only describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from cdkit.api import Fact, ProjectFolder, ProjectReader

_GRADLE = ("build.gradle.kts", "build.gradle", "settings.gradle.kts", "settings.gradle")
_REQUIREMENTS = ("requirements.txt", "requirements/*.txt", "requirements.in")
_SITES = (
    "hugo.toml", "hugo.yaml", "mkdocs.yml", "_config.yml", "book.toml", "antora-playbook.yml", "conf.py", "index.html",
)  # fmt: skip
_READERS: tuple[tuple[int, str, str, tuple[str, ...]], ...] = (
    (10, "pyproject", "python.pyproject", ("pyproject.toml",)),
    (11, "setup.cfg", "python.setup_cfg", ("setup.cfg",)),
    (12, "setup.py", "python.setup_py", ("setup.py",)),
    (13, "python", "python.application", ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", *_REQUIREMENTS)),
    (15, "pom.xml", "java.maven", ("pom.xml",)),
    (16, "gradle", "java.gradle", _GRADLE),
    (17, "java", "java.application", ("pom.xml", *_GRADLE)),
    (20, "go.mod", "go", ("go.mod",)),
    (21, "Cargo.toml", "rust", ("Cargo.toml",)),
    (22, "ruby", "ruby", ("Gemfile", "*.gemspec", "config.ru")),
    (23, "composer.json", "php", ("composer.json",)),
    (24, ".net", "dotnet", ("*.csproj", "*.fsproj", "*.vbproj")),
    (40, "package.json", "node.package", ("package.json",)),
    (41, "node", "node.application", ("package.json",)),
    (45, "static", "static", _SITES),
    (50, "Procfile", "procfile", ("Procfile",)),
    (51, "app.json", "app_json", ("app.json",)),
    (52, "crontab", "crontab", ("crontab",)),
    (60, "Dockerfile", "docker.dockerfile", ()),
    (70, "compose", "compose", ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")),
    (71, "dotenv", "dotenv", ()),
    (80, "checkout", "checkout", ()),
    (81, "licence", "license_file", ()),
    (82, "readme", "readme", ()),
)
"""Order, name, module, and the files that a reader looks for; one that names none is asked in any case."""


def own_readers() -> list[ProjectReader]:
    """The readers of cdkit itself. The module of one is only loaded where a file that it looks for is there."""
    return [ProjectReader(name, looks_for, _late(module), order) for order, name, module, looks_for in _READERS]


def _late(module: str) -> Callable[[ProjectFolder], Iterable[Fact]]:
    def read(folder: ProjectFolder) -> Iterable[Fact]:
        facts: Iterable[Fact] = import_module(f"{__name__}.{module}").read(folder)
        return facts

    return read
