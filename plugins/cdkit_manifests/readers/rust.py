"""Rust: Cargo.toml, its workspace, and what the program shows.

https://doc.rust-lang.org/cargo/reference/manifest.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cdkit.api import EnvVar, Fact, Metrics, Port, ProjectFolder, Source
from cdkit_manifests.reading.data_file import DataFile, as_table, as_word, as_words
from cdkit_manifests.reading.toml_file import read_toml
from cdkit_manifests.recognise.frameworks import Framework, framework_facts
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.listening import Listener, listening_facts
from cdkit_manifests.recognise.routes import Style, health_routes

FILE = "Cargo.toml"
_ROCKET = "Rocket.toml"
_MOST_PARENTS = 5
_SOURCES = ("*.rs",)
_WORDS = ("name", "version", "description", "license", "homepage", "documentation", "repository")
_FRAMEWORKS = (
    Framework("axum", "axum"),
    Framework("actix-web", "actix"),
    Framework("rocket", "rocket", "web", 8000),
    Framework("warp", "warp"),
    Framework("poem", "poem"),
    Framework("salvo", "salvo"),
    Framework("tonic", "tonic"),
    Framework("hyper", "hyper"),
)
_LISTENER = Listener(
    files=_SOURCES,
    numbers=(
        re.compile(r"\bbind\w*\(\s*(?:&?\(?\s*)?\"[^\"\n:]*:(\d{2,5})\""),
        re.compile(r"\bbind\w*\(\s*\(\s*(?:\"[^\"\n]*\"|[\w:.]+(?:\([^()]*\))?)\s*,\s*(\d{2,5})\s*\)"),
        re.compile(r"SocketAddr(?:V4)?::(?:from|new)\(\s*\(?[^;]{0,100}?,\s*(\d{2,5})\s*\)"),
        re.compile(r"\"(?:0\.0\.0\.0|\[::\]|127\.0\.0\.1):(\d{2,5})\""),
        re.compile(r"\.run\(\s*\(\s*\[[\d, ]*\]\s*,\s*(\d{2,5})\s*\)"),
    ),
    variable=re.compile(r"env::var\(\s*\"(PORT)\"\s*\)"),
)
_ROUTES = (
    Style(
        files=_SOURCES,
        route=re.compile(r"()\.(?:route|at)\(\s*\"(/[^\"\n{:*]*)\"\s*,\s*(?:axum::routing::)?(?:web::)?(?:get|any)\b"),
        application=re.compile(r"\baxum::serve\(|\bServer::bind\(|\bHttpServer::new\("),
        mounted=re.compile(r"\.nest(?:_service)?\(\s*\"/\w|\.service\(\s*(?:actix_web::)?web::scope\(\s*\"/\w"),
    ),
    Style(
        files=_SOURCES,
        route=re.compile(r"()#\[(?:actix_web::|rocket::)?(?:get|head)\(\s*\"(/[^\"\n<{:*]*)\""),
        mounted=re.compile(r"web::scope\(\s*\"/\w|\.mount\(\s*\"/\w"),
    ),
)
_METRICS = re.compile(r"\.route\(\s*\"(/metrics)\"\s*,|PrometheusMetricsBuilder|PrometheusMetricLayer")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the package says of itself, and what its program shows.

    Raises:
        InvalidInput: a Cargo.toml is no TOML.
    """
    document = read_toml(folder, FILE)
    if "package" not in document.data and "workspace" not in document.data:
        return
    workspace = document if "workspace" in document.data else _workspace_above(folder)
    package = document if "package" in document.data else _only_program(folder, document)
    if package is None:
        return
    yield from _metadata(package, workspace)
    yield from _program(folder, package)


def _metadata(document: DataFile, workspace: DataFile | None) -> Iterator[Fact]:
    for name in _WORDS:
        value = document.get("package", name)
        inherited = as_table(value).get("workspace") is True
        place, keys = (workspace, ("workspace", "package", name)) if inherited else (document, ("package", name))
        if place is not None and place.word(*keys):
            yield Fact(name, place.word(*keys), place.source(*keys))
    programs = document.get("bin")
    names = [as_word(as_table(program).get("name")) for program in programs] if isinstance(programs, list) else []
    default = document.word("package", "default-run") or (names[0] if len(names) == 1 else "")
    if default:
        yield Fact("name", default, document.source("bin" if names else "package"), "derived")


def _program(folder: ProjectFolder, document: DataFile) -> Iterator[Fact]:
    libraries = {name: document.source("dependencies", name, note=name) for name in document.table("dependencies")}
    yield from _rocket(folder, libraries)
    yield from listening_facts(folder, _LISTENER)
    yield from framework_facts("rust", libraries, _FRAMEWORKS, Source(document.file))
    yield from health_facts([route for style in _ROUTES for route in health_routes(folder, style)])
    for found in folder.search(_METRICS, *_SOURCES):
        yield Fact("metrics", Metrics(), found.source("the route /metrics"), "derived")


def _rocket(folder: ProjectFolder, libraries: dict[str, Source]) -> Iterator[Fact]:
    """Rocket listens on the loopback address in every profile, so it must be told otherwise."""
    if "rocket" not in libraries:
        return
    settings = read_toml(folder, _ROCKET)
    for profile in ("release", "default", "global"):
        port = settings.get(profile, "port")
        if isinstance(port, int) and 0 < port <= 65535:  # noqa: PLR2004 -- the highest port there is
            yield Fact("ports", (Port(port, "http"),), settings.source(profile, "port"))
    if not any(settings.word(profile, "address") for profile in ("release", "default", "global")):
        everywhere = EnvVar("ROCKET_ADDRESS", "0.0.0.0")  # noqa: S104 -- in the container
        yield Fact("env", (everywhere,), libraries["rocket"], "derived")


def _workspace_above(folder: ProjectFolder) -> DataFile | None:
    """The workspace that the package is a member of: the nearest one above it."""
    for count in range(1, _MOST_PARENTS + 1):
        path = posixpath.join(*[".."] * count, FILE)
        if folder.has(path):
            document = read_toml(folder, path)
            if "workspace" in document.data:
                return document
    return None


def _only_program(folder: ProjectFolder, workspace: DataFile) -> DataFile | None:
    """The one member of a workspace that is a program; None where several are, or none is."""
    members = [f"{member.rstrip('/')}/{FILE}" for member in as_words(workspace.get("workspace", "members"))]
    files = [path for path in folder.find(*members) if _is_program(folder, path)] if members else []
    return read_toml(folder, files[0]) if len(files) == 1 else None


def _is_program(folder: ProjectFolder, path: str) -> bool:
    return folder.has(posixpath.join(posixpath.dirname(path), "src/main.rs"))
