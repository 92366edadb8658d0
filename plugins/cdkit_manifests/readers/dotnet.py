""".NET: project files with the properties of the folders above, and ASP.NET.

https://learn.microsoft.com/en-us/dotnet/core/project-sdk/msbuild-props
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cdkit.api import Fact, Metrics, Port, ProjectFolder, Source
from cdkit_manifests.reading.json_file import read_commented_json
from cdkit_manifests.reading.xml_file import Element, read_xml
from cdkit_manifests.recognise.commands import port_of_address
from cdkit_manifests.recognise.frameworks import assumed_port
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.routes import Style, health_routes

FILES = ("*.csproj", "*.fsproj", "*.vbproj")
_PROPS = "Directory.Build.props"
_MOST_PARENTS = 6
_WORDS = {
    "Product": "name",
    "Description": "description",
    "PackageLicenseExpression": "license",
    "PackageProjectUrl": "homepage",
    "RepositoryUrl": "repository",
    "Company": "vendor",
}
_PROPERTY = re.compile(r"\$\((\w+)\)")
_FRAMEWORK = re.compile(r"net(?:coreapp)?(\d+)\.\d+")
_LANGUAGES = {".csproj": "csharp", ".fsproj": "fsharp", ".vbproj": "visual-basic"}
_SOURCES = ("*.cs", "*.fs", "*.vb")
_HEALTH = Style(
    files=_SOURCES,
    route=re.compile(r"\b(\w+)\.(?:MapHealthChecks|UseHealthChecks|MapGet)\(\s*\"(/[^\"\n{]*)\""),
    application=re.compile(
        r"\b(?:var|WebApplication|let)\s+(\w+)\s*=\s*\w+\.Build\(\)|\b(endpoints|app)\b\s*(?:=>|\.)"
    ),
    group=re.compile(r"\bvar\s+(\w+)\s*=\s*\w+\.MapGroup\(\s*\"([^\"\n]*)\""),
    mounted=re.compile(r"\.UsePathBase\("),
)
_LISTENS = re.compile(r"(?:UseUrls|Urls\.Add|\.Run)\(\s*\"https?://[^\":\n]*:(\d{2,5})|\bListenAnyIP\(\s*(\d{2,5})")
_METRICS = re.compile(
    r"\.(?:MapMetrics|UseMetricServer|MapPrometheusScrapingEndpoint|UseOpenTelemetryPrometheusScrapingEndpoint)\(\s*\)"
)
CONTAINER_PORT = 8080
"""Of the images of .NET 8 and later; those before listen on 80."""
OLD_CONTAINER_PORT = 80
FIRST_ON_8080 = 8


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project says of itself, and what its program shows.

    Raises:
        InvalidInput: a project file is no XML, or the settings are no JSON.
    """
    file = _project_file(folder)
    if not file:
        return
    project = _Project(folder, file)
    yield from project.metadata()
    stem, ending = posixpath.splitext(posixpath.basename(file))
    yield Fact("name", stem, Source(file, note="the project file"), "derived")
    yield Fact("language", _LANGUAGES[ending], Source(file), "derived")
    yield from _application(folder, project)


def _project_file(folder: ProjectFolder) -> str:
    """The project: the one in the folder, else the only one below it that is no test, else the only web application."""
    files = [file for file in folder.find(*FILES) if not re.search(r"[Tt]ests?\b|[Tt]ests?\.", file)]
    near = [file for file in files if "/" not in file]
    if len(near or files) == 1:
        return (near or files)[0]
    web = [file for file in files if "Sdk.Web" in read_xml(folder, file, "Project").attributes.get("Sdk", "")]
    return web[0] if len(web) == 1 else ""


class _Project:
    """A project file, with the properties of the nearest `Directory.Build.props` above it."""

    def __init__(self, folder: ProjectFolder, file: str) -> None:
        self.file = file
        self.root = read_xml(folder, file, "Project")
        self._files = [(file, self.root)]
        above = _above(folder, file)
        if above:
            self._files.append((above, read_xml(folder, above, "Project")))

    @property
    def sdk(self) -> str:
        """What kind of project it is."""
        # A version may follow: `Microsoft.NET.Sdk.Web/8.0.0`.
        return self.root.attributes.get("Sdk", "").partition("/")[0]

    def find(self, name: str, depth: int = 5) -> tuple[str, Source] | None:
        """A property that holds whatever the condition, other properties put in."""
        for file, root in self._files:
            for element in _properties(root, name):
                value = _PROPERTY.sub(
                    lambda match: (self.find(match[1], depth - 1) or ("",))[0] if depth else "", element.text
                )
                if value:
                    return value, element.source(file, name)
        return None

    def word(self, name: str) -> str:
        """A property's value; empty where it has none."""
        found = self.find(name)
        return found[0] if found else ""

    def metadata(self) -> Iterator[Fact]:
        """What it says of itself."""
        for name, fact in _WORDS.items():
            found = self.find(name)
            if found:
                yield Fact(fact, *found)
        version = self.find("Version") or self.find("VersionPrefix")
        if version:
            suffix = "" if self.find("Version") else self.word("VersionSuffix")
            yield Fact("version", f"{version[0]}-{suffix}" if suffix else version[0], version[1])
        assembly = self.find("AssemblyName")
        if assembly:
            yield Fact("name", *assembly)

    def package(self, *names: str) -> Source | None:
        """Where one of some packages is named."""
        for file, root in self._files:
            for element in root.everywhere("PackageReference"):
                if element.attributes.get("Include", "") in names:
                    return element.source(file, element.attributes["Include"])
        return None


def _application(folder: ProjectFolder, project: _Project) -> Iterator[Fact]:
    source = project.root.source(project.file, project.sdk)
    if project.sdk == "Microsoft.NET.Sdk.Worker":
        yield Fact("frameworks", ("dotnet-worker",), source, "derived")
        yield Fact("kind", "worker", source, "derived")
        return
    if project.sdk != "Microsoft.NET.Sdk.Web":
        return
    yield Fact("frameworks", ("asp.net",), source, "derived")
    yield Fact("kind", "web", source, "derived")
    yield from _ports(folder, project)
    yield from health_facts(health_routes(folder, _HEALTH))
    for found in folder.search(_METRICS, *_SOURCES):
        yield Fact("metrics", Metrics(), found.source(found.text.strip(".( )")), "derived")


def _ports(folder: ProjectFolder, project: _Project) -> Iterator[Fact]:
    settings = read_commented_json(folder, posixpath.join(posixpath.dirname(project.file), "appsettings.json"))
    for endpoint in settings.table("Kestrel", "Endpoints"):
        keys = ("Kestrel", "Endpoints", endpoint, "Url")
        port = port_of_address(settings.word(*keys).rstrip("/"))
        if port:
            yield Fact("ports", (Port(port, endpoint.lower()),), settings.source(*keys))
    for found in folder.search(_LISTENS, *_SOURCES):
        number = int(found.groups[0] or found.groups[1])
        yield Fact("ports", (Port(number, "http"),), found.source("the program"), "derived")
    framework = project.find("TargetFramework")
    release = _FRAMEWORK.match(framework[0]) if framework else None
    if framework and release:
        number = CONTAINER_PORT if int(release[1]) >= FIRST_ON_8080 else OLD_CONTAINER_PORT
        yield assumed_port(number, Source(framework[1].file, framework[1].line, f"images of {framework[0]}"))


def _properties(root: Element, name: str) -> Iterator[Element]:
    for group in root.all("PropertyGroup"):
        if "Condition" not in group.attributes:
            yield from (element for element in group.all(name) if "Condition" not in element.attributes)


def _above(folder: ProjectFolder, file: str) -> str:
    """The nearest `Directory.Build.props` at or above a project file; MSBuild reads no other."""
    place = posixpath.dirname(file)
    for _ in range(_MOST_PARENTS):
        path = posixpath.normpath(posixpath.join(place, _PROPS))
        if folder.has(path):
            return path
        place = posixpath.join(place, "..")
    return ""
