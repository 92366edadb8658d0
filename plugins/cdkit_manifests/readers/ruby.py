"""Ruby: gemspec, Gemfile and config.ru, Rails, Sinatra and their servers. None of them is run.

https://guides.rubygems.org/specification-reference/, https://bundler.io/man/gemfile.5.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Confidence, EnvVar, Fact, Port, ProjectFolder, Source
from cdkit_manifests.reading.lines import source_of_match
from cdkit_manifests.recognise.commands import CHOSEN_PORT, HIGHEST_PORT
from cdkit_manifests.recognise.frameworks import Framework, framework_facts
from cdkit_manifests.recognise.health import Route, health_facts, is_health
from cdkit_manifests.recognise.routes import Style, health_routes

GEMFILE = "Gemfile"
_SPEC_WORDS = {
    "name": "name",
    "summary": "description",
    "license": "license",
    "homepage": "homepage",
    "version": "version",
}
_SPEC = re.compile(
    r"^[ \t]*\w+\.(name|version|summary|license|homepage)\s*=\s*(?:\"([^\"\n]+)\"|'([^'\n]+)')", re.MULTILINE
)
_VERSION = re.compile(r"^[ \t]*VERSION\s*=\s*[\"']([^\"'\n]+)[\"']", re.MULTILINE)
_GEM = re.compile(r"^[ \t]*(?:gem|\w+\.add_(?:runtime_)?dependency)\s*\(?\s*[\"']([\w.-]+)[\"']", re.MULTILINE)
_GROUP = re.compile(r"[ \t]*group\b.*\bdo\b")
_END = re.compile(r"[ \t]*end\b")
_MODULE = re.compile(r"^module\s+(\w+)", re.MULTILINE)
_PUMA = "config/puma.rb"
_PUMA_PORT = re.compile(
    r"^[ \t]*(?:port\b|bind\b)[^\n]*?(?:ENV(?:\.fetch\(|\[)\s*[\"'](\w+)[\"']\s*[\])]?\s*(?:\|\||,|\)\s*\{|\{)?\s*)?"
    r"[\"']?(?:tcp://[\w.]{1,100}:)?(\d{2,5})\b",
    re.MULTILINE,
)
_PORT_VARIABLE = re.compile(r"^[ \t]*port\b[^\n]*\bENV(?:\.fetch\(|\[)\s*[\"']PORT[\"']\s*[\])]\s*$", re.MULTILINE)
_FRAMEWORKS = (
    Framework("rails", "rails", "web", 3000),
    Framework("hanami", "hanami", "web", 2300),
    Framework("sinatra", "sinatra", "web", 4567),
    Framework("roda", "roda"),
    Framework("grape", "grape"),
    Framework("puma", "puma", "web", 9292),
    Framework("unicorn", "unicorn", "web", 8080),
    Framework("rackup", "rack", "web", 9292),
    Framework("sidekiq", "sidekiq", "worker"),
    Framework("resque", "resque", "worker"),
)
_RAILS_ROUTE = re.compile(
    r"^[ \t]*get\s+\(?[\"']/?([\w/-]+)[\"']\s*(?:=>|,\s*to:|,\s*controller:)\s*[\"']([\w/]+)#?", re.MULTILINE
)
_NESTED = re.compile(r"^[ \t]*(?:namespace|scope)\b", re.MULTILINE)
_SINATRA = Style(
    files=("*.rb", "config.ru"), route=re.compile(r"()^[ \t]*get\s+[\"'](/[^\"'\n:*]*)[\"']", re.MULTILINE)
)


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the gem says of itself, and what the application is made with."""
    specification = next((file for file in folder.find("*.gemspec") if "/" not in file), "")
    if not specification and not folder.has(GEMFILE) and not folder.has("config.ru"):
        return
    yield from _specification(folder, specification)
    yield from _puma(folder)
    gems = _gems(folder, specification)
    yield from framework_facts("ruby", gems, _FRAMEWORKS, Source(next(filter(folder.has, (GEMFILE, "config.ru")), "")))
    if "rails" in gems:
        yield from _rails(folder)
    else:
        yield from health_facts(health_routes(folder, _SINATRA))


def _specification(folder: ProjectFolder, file: str) -> Iterator[Fact]:
    text = folder.text(file) if file else ""
    for match in _SPEC.finditer(text):
        yield Fact(_SPEC_WORDS[match[1]], match[2] or match[3], source_of_match(file, text, match, f"spec.{match[1]}"))
    versions = folder.find("lib/**/version.rb") if file else []
    for version in versions[:1]:
        found = _VERSION.search(folder.text(version))
        if found:
            yield Fact("version", found[1], source_of_match(version, folder.text(version), found, "VERSION"))


def _gems(folder: ProjectFolder, specification: str) -> dict[str, Source]:
    """The gems that are needed to run; those of a group are for development or tests."""
    found: dict[str, Source] = {}
    for file in filter(None, (GEMFILE, specification)):
        text = _without_groups(folder.text(file))
        for match in _GEM.finditer(text):
            if match[1] not in found:
                found[match[1]] = source_of_match(file, text, match, match[1])
    return found


def _without_groups(text: str) -> str:
    """The text with every line of a group empty."""
    lines, is_in_group = [], False
    for line in text.splitlines():
        is_in_group = is_in_group or bool(_GROUP.match(line))
        lines.append("" if is_in_group else line)
        is_in_group = is_in_group and not _END.match(line)
    return "\n".join(lines)


def _puma(folder: ProjectFolder) -> Iterator[Fact]:
    text = folder.text(_PUMA)
    match = _PUMA_PORT.search(text)
    if match and int(match[2]) <= HIGHEST_PORT:
        # What has a variable's name before it is only what holds where that is not set.
        confidence: Confidence = "derived" if match[1] else "declared"
        yield Fact("ports", (Port(int(match[2]), "http"),), source_of_match(_PUMA, text, match, "port"), confidence)
        return
    asked = _PORT_VARIABLE.search(text)
    if asked:
        source = source_of_match(_PUMA, text, asked, "the variable PORT")
        yield Fact("ports", (Port(CHOSEN_PORT, "http"),), source, "derived")
        yield Fact("env", (EnvVar("PORT", str(CHOSEN_PORT)),), source, "derived")


def _rails(folder: ProjectFolder) -> Iterator[Fact]:
    application = "config/application.rb"
    text = folder.text(application)
    module = _MODULE.search(text)
    if module:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", module[1]).lower()
        yield Fact("name", name, source_of_match(application, text, module, "module"), "derived")
    yield from health_facts(_rails_routes(folder))


def _rails_routes(folder: ProjectFolder) -> Iterator[Route]:
    """The routes that are below nothing else: before the first block that gives a prefix."""
    file = "config/routes.rb"
    text = folder.text(file)
    nested = _NESTED.search(text)
    for match in _RAILS_ROUTE.finditer(text, 0, nested.start() if nested else len(text)):
        path = f"/{match[1]}"
        if is_health(path):
            yield Route(path, source_of_match(file, text, match, match[2]))
