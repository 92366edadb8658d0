"""What a JavaScript application is made with, where it listens, and how it is asked whether it is well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, Metrics, Port, ProjectFolder, Source
from cdkit_manifests.readers.node import nest, next_js
from cdkit_manifests.readers.node.package import FILE
from cdkit_manifests.reading.data_file import DataFile
from cdkit_manifests.reading.json_file import read_json
from cdkit_manifests.recognise.commands import listening
from cdkit_manifests.recognise.frameworks import Framework, framework_facts
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.listening import Listener, listening_facts
from cdkit_manifests.recognise.programs import has_program
from cdkit_manifests.recognise.routes import Style, health_routes

SOURCES = ("*.js", "*.mjs", "*.cjs", "*.ts", "*.mts", "*.cts")
_SERVERS = (
    Framework("next", "next", "web", 3000),
    Framework("nuxt", "nuxt", "web", 3000),
    Framework("@nestjs/core", "nest", "web"),
    Framework("@remix-run/serve", "remix", "web", 3000),
    Framework("express", "express"),
    Framework("fastify", "fastify"),
    Framework("koa", "koa"),
    Framework("@hapi/hapi", "hapi"),
    Framework("hono", "hono"),
    Framework("restify", "restify"),
    Framework("bullmq", "bullmq", "worker"),
    Framework("bull", "bull", "worker"),
    Framework("agenda", "agenda", "worker"),
)
_GENERATORS = (
    Framework("@docusaurus/core", "docusaurus", "static"),
    Framework("gatsby", "gatsby", "static"),
    Framework("astro", "astro", "static"),
    Framework("@11ty/eleventy", "eleventy", "static"),
    Framework("@angular/core", "angular", "static"),
    Framework("react-scripts", "react", "static"),
    Framework("@vue/cli-service", "vue", "static"),
    Framework("vite", "vite", "static"),
)
"""They make files that any web server serves."""
_PORT = (
    r"(?:Number\(|parseInt\(|\+)?\s*(?:process\.env(?:\.\w+|\[[\"']\w+[\"']\])\s*(?:\|\||\?\?)\s*)?[\"'`]?(\d{2,5})\b"
)
_LISTENER = Listener(
    files=SOURCES,
    numbers=(
        re.compile(rf"\.listen\(\s*(?:\{{[^{{}}]*?\bport:\s*)?{_PORT}"),
        re.compile(rf"\b(?:const|let|var)\s+(?:port|PORT)\b\s*(?::\s*[\w| ]+)?=\s*{_PORT}"),
        re.compile(r"process\.env\.PORT\s*(?:\|\||\?\?)\s*[\"'`]?(\d{2,5})\b"),
    ),
    variable=re.compile(r"process\.env\.(PORT)\b"),
)
_NEW = r"express|fastify|Fastify|restify\.createServer|new\s+(?:Koa|Hono|Router|Elysia)"
_ROUTES = Style(
    files=SOURCES,
    route=re.compile(r"\b(\w+)\.(?:get|all|head)\(\s*[\"'`]([^\"'`\n:*]*)[\"'`]"),
    application=re.compile(
        rf"\b(?:const|let|var)\s+(\w+)\s*(?::\s*[\w.<>]+\s*)?=\s*(?:await\s+)?(?:{_NEW})(?:<[^>]*>)?\("
        r"|\((\w+):\s*(?:express\.)?(?:Express|Application|FastifyInstance)\b"
    ),
    mounted=re.compile(
        r"\.(?:use|route)\(\s*[\"'`]/\w[^\"'`\n]*[\"'`]\s*,|\bprefix:\s*[\"'`]/|\.basePath\(|new\s+Router\(\s*\{\s*prefix"
    ),
)
_TERMINUS = Style(files=SOURCES, route=re.compile(r"()[\"'`](/[\w/-]+)[\"'`]\s*:\s*(?:async\s|\(|\w+\s*[,}])"))
_METRICS = re.compile(r"\.(?:get|use)\(\s*[\"'`](/metrics)[\"'`]")
_METRICS_LIBRARIES = ("express-prom-bundle", "fastify-metrics")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project is made with, and what its program shows.

    Raises:
        InvalidInput: package.json is no JSON object.
    """
    document = read_json(folder, FILE)
    needed = _places(document, "dependencies")
    developed = needed | _places(document, "devDependencies")
    language = "typescript" if "typescript" in developed or folder.has("tsconfig.json") else "javascript"
    servers = [framework for framework in _SERVERS if framework.library in needed]
    listens = list(_commanded(document)) or list(listening_facts(folder, _LISTENER))
    if not servers and has_program(folder):
        return
    if not servers and not listens:
        yield from framework_facts(language, developed, _GENERATORS, Source(FILE))
        return
    yield from listens
    yield from framework_facts(language, needed, _SERVERS, Source(FILE))
    routes = [*health_routes(folder, _ROUTES), *next_js.health_routes(folder, needed)]
    routes += nest.health_routes(folder, needed)
    if "@godaddy/terminus" in needed:
        routes += health_routes(folder, _TERMINUS)
    yield from health_facts(routes)
    yield from _metrics(folder, needed)


def _places(document: DataFile, key: str) -> dict[str, Source]:
    return {name: document.source(key, name, note=name) for name in document.table(key)}


def _commanded(document: DataFile) -> Iterator[Fact]:
    heard = listening(document.word("scripts", "start"), {})
    if heard is None or not heard.port:
        return
    source = document.source("scripts", "start", note=heard.program or "scripts.start")
    yield Fact("ports", (Port(heard.port, heard.port_name),), source, "declared" if heard.is_said else "derived")
    if heard.env:
        yield Fact("env", heard.env, source, "derived")


def _metrics(folder: ProjectFolder, needed: dict[str, Source]) -> Iterator[Fact]:
    for library in _METRICS_LIBRARIES:
        if library in needed:
            yield Fact("metrics", Metrics(), needed[library], "derived")
    for found in folder.search(_METRICS, *SOURCES) if "prom-client" in needed else ():
        yield Fact("metrics", Metrics(), found.source("the route /metrics"), "derived")
