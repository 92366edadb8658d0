"""Go: go.mod, the commands below cmd/, and what the program shows.

https://go.dev/ref/mod#go-mod-file
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, Metrics, ProjectFolder, Source
from cdkit_manifests.reading.lines import source_of_match
from cdkit_manifests.reading.malformed import malformed
from cdkit_manifests.recognise.frameworks import Framework, assumed_port, framework_facts
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.listening import Listener, listening_facts
from cdkit_manifests.recognise.routes import Style, health_routes

FILE = "go.mod"
_SOURCES = ("*.go",)
_MODULE = re.compile(r"^[ \t]*module\s+\"?([^\s\"]+)\"?", re.MULTILINE)
_MAJOR = re.compile(r"/v\d+$")
_FRAMEWORKS = (
    Framework("github.com/gin-gonic/gin", "gin"),
    Framework("github.com/labstack/echo", "echo"),
    Framework("github.com/go-chi/chi", "chi"),
    Framework("github.com/gofiber/fiber", "fiber"),
    Framework("github.com/gorilla/mux", "gorilla"),
    Framework("google.golang.org/grpc", "grpc"),
)
_STANDARD = re.compile(r"\bhttp\.(?:ListenAndServe|ListenAndServeTLS|Server\b|Serve\()")
_LISTENER = Listener(
    files=_SOURCES,
    numbers=(
        re.compile(
            r"(?:\.(?:ListenAndServe|ListenAndServeTLS|Run|Start|Listen)\(\s*(?:\"tcp\"\s*,\s*)?"
            r"|\bAddr:\s*|\bListen\(\s*\"tcp\"\s*,\s*)\"[^\"\n:]*:(\d{2,5})\""
        ),
        re.compile(
            r"\b(?:flag|pflag|viper)\.\w+\((?:&\w+,\s*)?\"[\w.-]{0,40}(?:addr|listen|port)[\w.-]{0,40}\"\s*,\s*\"?[^\",\n]{0,100}?:?(\d{2,5})\b"
        ),
        re.compile(r"\b(?:port|addr)\s*:?=\s*\"[^\"\n:]*:?(\d{2,5})\""),
        re.compile(r"\bconst\s+\w*[pP]ort\w*\s*=\s*\"?:?(\d{2,5})"),
        re.compile(r"\bgetenv\w*\(\s*\"\w*PORT\"\s*,\s*\"(\d{2,5})\"", re.IGNORECASE),
    ),
    variable=re.compile(r"os\.(?:Getenv|LookupEnv)\(\s*\"(PORT)\"\s*\)"),
)
_GIN_DEFAULT = re.compile(r"\b\w+\.Run\(\s*\)")
_ROUTES = Style(
    files=_SOURCES,
    route=re.compile(
        r"\b(\w+)\.(?:HandleFunc|Handle|GET|Get|Any|HEAD|Path)\(\s*\"(?:(?:GET|HEAD)\s+)?(/[^\"\n{:*]*)\""
    ),
    application=re.compile(
        r"\b(\w+)\s*:?=\s*(?:http\.NewServeMux|gin\.(?:New|Default)|echo\.New|chi\.NewRouter|chi\.NewMux|fiber\.New"
        r"|mux\.NewRouter)\("
        r"|\b(\w+)\s+\*(?:http\.ServeMux|gin\.Engine|echo\.Echo|chi\.Mux|fiber\.App|mux\.Router)\b|\b(http)\.Handle"
    ),
    group=re.compile(r"\b(\w+)\s*:?=\s*\w+\.(?:Group|PathPrefix)\(\s*\"([^\"\n]*)\""),
    mounted=re.compile(r"\.(?:Mount|Route|PathPrefix|Group)\(\s*\"/\w|http\.StripPrefix\("),
)
_METRICS = re.compile(r"\"(?:GET )?(/metrics)\"\s*,[^\n]{0,200}\b(?:promhttp|adaptor|WrapH|prometheus)\b")
_METRICS_SERVER = re.compile(r"ListenAndServe\(\s*\"[^\"\n:]*:(\d{2,5})\"\s*,\s*promhttp")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the module says of itself, and what its program shows.

    Raises:
        InvalidInput: go.mod names no module.
    """
    text = folder.text(FILE)
    if not text.strip():
        return
    module = _MODULE.search(text)
    if module is None:
        raise malformed(FILE, "It names no module: the first line should be `module example.com/name`.")
    source = source_of_match(FILE, text, module, "module")
    yield from _names(folder, module[1], source)
    libraries = _libraries(text)
    listens = list(listening_facts(folder, _LISTENER, "grpc" if _is_grpc_alone(folder, libraries) else "http"))
    yield from listens
    yield from framework_facts("go", libraries, _FRAMEWORKS, Source(FILE))
    if not libraries.keys() & {framework.library for framework in _FRAMEWORKS}:
        for found in folder.search(_STANDARD, *_SOURCES):
            yield Fact("frameworks", ("net/http",), found.source("net/http"), "derived")
            break
    if not listens and "github.com/gin-gonic/gin" in libraries:
        for found in folder.search(_GIN_DEFAULT, *_SOURCES):
            yield assumed_port(8080, found.source("gin"))
    yield from health_facts(health_routes(folder, _ROUTES))
    yield from _metrics(folder)


def _names(folder: ProjectFolder, module: str, source: Source) -> Iterator[Fact]:
    """The one command below cmd/ is what is delivered; else the last part of the module's path."""
    commands = folder.find("cmd/*/main.go")
    if len(commands) == 1:
        yield Fact("name", commands[0].split("/")[1], Source(commands[0], note="the command"), "derived")
    yield Fact("name", _MAJOR.sub("", module).rpartition("/")[2], source, "derived")
    host = module.partition("/")[0]
    if host in {"github.com", "gitlab.com", "bitbucket.org"}:
        yield Fact("repository", f"https://{'/'.join(module.split('/')[:3])}", source, "derived")


def _libraries(text: str) -> dict[str, Source]:
    """The modules that are required, without those that only others need."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        code, _, comment = line.partition("//")
        words = code.split()
        if len(words) > 1 and words[-1].startswith("v") and "=>" not in words and "indirect" not in comment:
            name = _MAJOR.sub("", words[-2])
            found[name] = Source(FILE, number, name)
    return found


def _is_grpc_alone(folder: ProjectFolder, libraries: dict[str, Source]) -> bool:
    return "google.golang.org/grpc" in libraries and not any(True for _ in folder.search(_STANDARD, *_SOURCES))


def _metrics(folder: ProjectFolder) -> Iterator[Fact]:
    for found in folder.search(_METRICS_SERVER, *_SOURCES):
        yield Fact("metrics", Metrics(port=int(found.groups[0])), found.source("promhttp"), "derived")
    for found in folder.search(_METRICS, *_SOURCES):
        yield Fact("metrics", Metrics(found.groups[0]), found.source("promhttp"), "derived")
