"""PHP: composer.json, Laravel and Symfony.

https://getcomposer.org/doc/04-schema.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.reading.data_file import DataFile, as_table, as_word, as_words
from cdkit_manifests.reading.json_file import read_json
from cdkit_manifests.reading.lines import source_of_match
from cdkit_manifests.recognise.frameworks import Framework, framework_facts
from cdkit_manifests.recognise.health import Route, health_facts, is_health
from cdkit_manifests.recognise.routes import Style, health_routes

FILE = "composer.json"
_WORDS = {
    "version": ("version",),
    "description": ("description",),
    "license": ("license",),
    "homepage": ("homepage",),
    "documentation": ("support", "docs"),
    "repository": ("support", "source"),
}
_FRAMEWORKS = (
    Framework("laravel/framework", "laravel", "web", 8000),
    Framework("laravel/lumen-framework", "lumen", "web", 8000),
    Framework("symfony/framework-bundle", "symfony", "web", 8000),
    Framework("slim/slim", "slim"),
    Framework("cakephp/cakephp", "cakephp", "web", 8765),
    Framework("yiisoft/yii2", "yii", "web", 8080),
)
_LARAVEL_HEALTH = re.compile(r"\bhealth:\s*[\"']([^\"'\n]+)[\"']")
_BOOTSTRAP = "bootstrap/app.php"
_LARAVEL = Style(files=("routes/web.php",), route=re.compile(r"()\bRoute::get\(\s*[\"']([^\"'\n{]*)[\"']"))
_SLIM = Style(
    files=("*.php",),
    route=re.compile(r"(\$\w+)->get\(\s*[\"'](/[^\"'\n{:]*)[\"']"),
    application=re.compile(r"(\$\w+)\s*=\s*(?:\\?Slim\\Factory\\)?AppFactory::create\("),
    mounted=re.compile(r"->group\(\s*[\"']/\w|->setBasePath\("),
)
_SYMFONY = re.compile(
    r"#\[Route\(\s*(?:path:\s*)?[\"'](/[^\"'\n{]*)[\"'][^\n]{0,300}\]\s*(?:#\[[^\n]{0,300}\]\s*){0,9}"
    r"(public function|(?:final |readonly |abstract )*class)"
)


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the package says of itself, and what its program shows.

    Raises:
        InvalidInput: it is no JSON object.
    """
    document = read_json(folder, FILE)
    if not document.data:
        return
    name = document.word("name").rpartition("/")[2]
    if name:
        yield Fact("name", name, document.source("name"))
    yield from document.word_facts(_WORDS)
    yield from _others(document)
    libraries = {library: document.source("require", library, note=library) for library in document.table("require")}
    yield from framework_facts("php", libraries, _FRAMEWORKS, Source(FILE))
    routes = list(_laravel(folder))
    if "slim/slim" in libraries:
        routes += health_routes(folder, _SLIM)
    if "symfony/framework-bundle" in libraries:
        routes += _symfony(folder)
    yield from health_facts(routes)


def _others(document: DataFile) -> Iterator[Fact]:
    """Several licences, of which one may choose, and the first author."""
    licenses = as_words(document.get("license"))
    if licenses:
        yield Fact("license", " OR ".join(licenses), document.source("license"))
    authors = document.get("authors")
    named = [as_word(as_table(author).get("name")) for author in authors] if isinstance(authors, list) else []
    if any(named):
        yield Fact("vendor", next(filter(None, named)), document.source("authors"), "derived")


def _laravel(folder: ProjectFolder) -> Iterator[Route]:
    """Since version 11 the application names the path itself; it tells only whether the application has started."""
    text = folder.text(_BOOTSTRAP)
    match = _LARAVEL_HEALTH.search(text)
    if match:
        yield Route(f"/{match[1].strip('/')}", source_of_match(_BOOTSTRAP, text, match, "health"))
        return
    yield from health_routes(folder, _LARAVEL)


def _symfony(folder: ProjectFolder) -> list[Route]:
    """Routes of methods; where a class has a prefix of its own, those in its file are in doubt."""
    found = list(folder.search(_SYMFONY, "src/**/*.php"))
    prefixed = {match.file for match in found if match.groups[1].endswith("class")}
    return [
        Route(match.groups[0], match.source(f"the route {match.groups[0]}"))
        for match in found
        if match.file not in prefixed and is_health(match.groups[0])
    ]
