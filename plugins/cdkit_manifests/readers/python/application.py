"""What a Python application is made with, where it listens, and how it is asked whether it is well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdkit.api import Fact, Metrics, Port, ProjectFolder, Source
from cdkit_manifests.readers.python import django, pyproject, setup_cfg, setup_py
from cdkit_manifests.readers.python.dependencies import PIPFILE, REQUIREMENTS, dependencies
from cdkit_manifests.reading.lines import source_of_match
from cdkit_manifests.recognise.commands import port_of_address
from cdkit_manifests.recognise.frameworks import Framework, framework_facts
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.listening import Listener, listening_facts
from cdkit_manifests.recognise.routes import Style, health_routes

FILES = (pyproject.FILE, setup_cfg.FILE, setup_py.FILE, PIPFILE, *REQUIREMENTS)
_SOURCES = ("*.py",)
_FRAMEWORKS = (
    Framework("gunicorn", "gunicorn", "web", 8000),
    Framework("uvicorn", "uvicorn", "web", 8000),
    Framework("hypercorn", "hypercorn", "web", 8000),
    Framework("daphne", "daphne", "web", 8000),
    Framework("granian", "granian", "web", 8000),
    Framework("waitress", "waitress", "web", 8080),
    Framework("django", "django", "web", 8000),
    Framework("fastapi", "fastapi", "web", 8000),
    Framework("flask", "flask", "web", 5000),
    Framework("starlette", "starlette", "web", 8000),
    Framework("litestar", "litestar", "web", 8000),
    Framework("sanic", "sanic", "web", 8000),
    Framework("quart", "quart", "web", 5000),
    Framework("aiohttp", "aiohttp", None),
    Framework("streamlit", "streamlit", "web", 8501),
    Framework("celery", "celery", "worker"),
    Framework("dramatiq", "dramatiq", "worker"),
    Framework("rq", "rq", "worker"),
    Framework("arq", "arq", "worker"),
    Framework("apscheduler", "apscheduler", "worker"),
)
"""The server comes before the framework: it is what listens."""

_APPLICATION = r"(?:fastapi\.)?FastAPI|(?:flask\.)?Flask|Starlette|Quart|Sanic|Litestar|web\.Application"
_ROUTES = (
    Style(
        files=_SOURCES,
        route=re.compile(r"""@(\w+)\.(?:get|head|route|api_route)\(\s*["']([^"'\n<{]*)["']"""),
        application=re.compile(rf"^[ \t]*(\w+)\s*(?::\s*\w+\s*)?=\s*(?:{_APPLICATION})\(", re.MULTILINE),
        group=re.compile(
            r"""^[ \t]*(\w+)\s*=\s*(?:APIRouter|Blueprint)\((?:[^()]*?\b(?:url_)?prefix\s*=\s*["']([^"'\n]*)["'])?""",
            re.MULTILINE,
        ),
        mounted=re.compile(r"""(?:include_router|register_blueprint)\([^()]*prefix\s*=|\.mount\(\s*["']/\w"""),
    ),
    Style(
        files=_SOURCES,
        application=re.compile(r"\b(?:Starlette|FastAPI|web\.Application)\("),
        route=re.compile(r"""\b()(?:Route|add_api_route|add_url_rule|add_get|web\.get)\(\s*["']([^"'\n<{]*)["']"""),
        mounted=re.compile(r"""\bMount\(\s*["']/\w|add_subapp\("""),
    ),
)
_CALL = r"\b(?:uvicorn\.run|app\.run|web\.run_app|serve|hypercorn\.run|create_server|run_simple)\("
_ARGUMENTS = r"[^()]{0,400}(?:\([^()]{0,200}\)[^()]{0,200}){0,9}?"
_LISTENER = Listener(
    files=_SOURCES,
    numbers=(
        re.compile(
            rf"{_CALL}{_ARGUMENTS}\bport\s*=\s*(?:int\()?\s*"
            r"(?:os\.(?:environ\.get|getenv)\(\s*[\"']\w+[\"']\s*,\s*)?[\"']?(\d{2,5})"
        ),
    ),
    variable=re.compile(
        rf"{_CALL}{_ARGUMENTS}\bport\s*=\s*(?:int\()?\s*"
        r"os\.(?:environ\[|getenv\(|environ\.get\()\s*[\"'](PORT)[\"']"
    ),
)
_GUNICORN_FILES = ("gunicorn.conf.py", "gunicorn_conf.py", "gunicorn.py")
_GUNICORN_BIND = re.compile(r"""^bind\s*=\s*(?:\[\s*)?f?["']([^"'\n]*)["']""", re.MULTILINE)
_METRICS_SERVER = re.compile(r"\bstart_http_server\(\s*(?:port\s*=\s*)?(\d{2,5})")
_METRICS_ROUTE = re.compile(
    r"""(?:Instrumentator\([^\n]{0,200}|instrumentator[\w.]*)\.expose\(|PrometheusMetrics\(|"""
    r"""(?:mount|Mount|add_route|Route)\(\s*["'](/metrics)/?["']|@\w+\.(?:get|route)\(\s*["'](/metrics)["']"""
)


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the project is made with, and what its program shows."""
    libraries = dependencies(folder)
    if not libraries and not folder.has(pyproject.FILE) and not folder.has(setup_cfg.FILE):
        return
    place = Source(next((file for file in FILES if folder.has(file)), ""))
    yield from _gunicorn(folder)
    yield from listening_facts(folder, _LISTENER)
    yield from framework_facts("python", libraries, _FRAMEWORKS, place)
    routes = [route for style in _ROUTES for route in health_routes(folder, style)]
    yield from health_facts([*routes, *django.health_routes(folder, libraries)])
    yield from _metrics(folder, libraries)


def _gunicorn(folder: ProjectFolder) -> Iterator[Fact]:
    for file in _GUNICORN_FILES:
        text = folder.text(file)
        match = _GUNICORN_BIND.search(text)
        port = port_of_address(match[1]) if match else 0
        if match and port:
            yield Fact("ports", (Port(port, "http"),), source_of_match(file, text, match, "bind"))


def _metrics(folder: ProjectFolder, libraries: Mapping[str, Source]) -> Iterator[Fact]:
    if "django-prometheus" in libraries:
        yield from django.metrics(folder)
    for found in folder.search(_METRICS_SERVER, *_SOURCES):
        yield Fact("metrics", Metrics(port=int(found.groups[0])), found.source("start_http_server"), "derived")
    for found in folder.search(_METRICS_ROUTE, *_SOURCES):
        yield Fact("metrics", Metrics(), found.source("the route /metrics"), "derived")
