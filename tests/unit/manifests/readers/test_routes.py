"""A route counts only where it is certain; each question asks the route that is made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import Source
from cdkit_manifests.recognise.health import Route, health_facts, is_health
from tests.unit.manifests.reading.files import project


def asked(*paths: str, asks_others: bool = False) -> dict[str, str]:
    routes = [Route(path, Source(), asks_others=asks_others) for path in paths]
    return {fact.name: fact.value.path for fact in health_facts(routes)}


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/healthz",
        "/api/v1/health",
        "/health/live",
        "/-/ready",
        "/_health",
        "/livez",
        "/ping",
        "/up",
        "/Health/",
    ],
)
def test_a_path_about_health(path: str) -> None:
    assert is_health(path)


@pytest.mark.parametrize(
    "path",
    ["/", "/healthy-food", "/orders/status", "/api/ping", "/users/{id}/health", "/health/records", "/ready-meals"],
)
def test_a_path_about_something_else(path: str) -> None:
    assert not is_health(path)


def test_each_question_asks_its_own_route_before_the_general_one() -> None:
    assert asked("/health", "/livez", "/readyz", "/health/started") == {
        "liveness": "/livez",
        "readiness": "/readyz",
        "startup": "/health/started",
    }
    assert asked("/ping", "/health") == {"liveness": "/health", "readiness": "/health"}
    assert asked("/livez") == {"liveness": "/livez", "readiness": "/livez"}


def test_a_restart_is_no_cure_for_what_the_application_depends_on() -> None:
    assert asked("/readyz") == {"readiness": "/readyz"}
    assert asked("/health", asks_others=True) == {"readiness": "/health"}


PYTHON = 'app = FastAPI()\n@app.get("/health")\ndef health(): ...\n'
ROUTER = 'router = APIRouter()\n@router.get("/health")\ndef health(): ...\n'
STARLETTE = "app = Starlette(routes=[{}])"
EXPRESS = "const app = express();\napp.listen(3000);\n{}\n"
GO = 'r.Run(":80")\n{}\n'
AXUM = 'let listener = TcpListener::bind("0.0.0.0:80");\naxum::serve(listener, {});\n'
KINDS = {
    "a.py": {"requirements.txt": "fastapi\nflask\nstarlette\n"},
    "a.js": {"package.json": '{"dependencies": {"express": "4"}}'},
    "main.go": {"go.mod": "module a"},
    "src/main.rs": {"Cargo.toml": "[package]\nname = 'a'\n"},
    "index.php": {"composer.json": '{"require": {"slim/slim": "4"}}', "Dockerfile": "FROM php:8-apache"},
    "config/routes.rb": {"Gemfile": "gem 'rails'"},
}


def liveness(folder: Path, file: str, text: str, others: dict[str, str] | None = None) -> str | None:
    """The path that is asked in a project of this program; None where no route is certain."""
    found = project(folder, {file: text, **KINDS[file], **(others or {})}).get("liveness")
    return found.path if found and found.kind == "http" else None


@pytest.mark.parametrize(
    ("file", "text", "path"),
    [
        ("a.py", PYTHON, "/health"),
        ("a.py", "bp = Blueprint('b', __name__, url_prefix='/b')\n@bp.route('/health')", "/b/health"),
        ("a.py", STARLETTE.format("Route('/health', h), Mount('/v1', routes=[])"), "/health"),
        ("a.py", STARLETTE.format("Mount('/v1', routes=[]), Route('/health', h)"), "/health"),
        ("a.js", EXPRESS.format("app.get('/health', h)"), "/health"),
        ("a.js", EXPRESS.format("r.get('/health', h); app.use(r)"), "/health"),
        ("main.go", 'http.HandleFunc("/healthz", h)\nhttp.ListenAndServe(":80", nil)', "/healthz"),
        ("main.go", GO.format('func f(r *gin.Engine) { r.GET("/livez", h); r.Group("/v1") }'), "/livez"),
        ("src/main.rs", AXUM.format('Router::new().route("/livez", get(h))'), "/livez"),
        ("src/main.rs", AXUM.format('Router::new().nest("/v1", v1()).route("/livez", get(h))'), "/livez"),
        ("index.php", "$app = AppFactory::create();\n$app->get('/ping', h);", "/ping"),
        ("config/routes.rb", "get 'up' => 'rails/health#show'\nscope '/v1' do\nend\n", "/up"),
    ],
)
def test_a_route_of_the_application_itself_is_asked(tmp_path: Path, file: str, text: str, path: str) -> None:
    assert liveness(tmp_path, file, text) == path


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", PYTHON.replace("@app", "# @app")),
        ("a.py", STARLETTE.format("Mount('/v1', routes=[Route('/health', h)])")),
        ("a.js", EXPRESS.format("r.get('/health', h); app.use('/v1', r)")),
        ("a.js", EXPRESS.format("app.get('/:health', h)")),
        ("a.js", EXPRESS.format("// app.get('/health', h)")),
        ("main.go", 'http.Get("/healthz")'),
        ("main.go", GO.format('v := r.Group("/v1")\nv.GET("/healthz", h)')),
        ("src/main.rs", AXUM.format('Router::new().nest("/v1", Router::new().route("/livez", get(h)))')),
        ("config/routes.rb", "scope '/v1' do\n get 'up' => 'rails/health#show'\nend\n"),
    ],
)
def test_a_route_in_doubt_is_not_asked(tmp_path: Path, file: str, text: str) -> None:
    assert liveness(tmp_path, file, text) is None


DJANGO = "ROOT_URLCONF = 'site.urls'\nALLOWED_HOSTS = {}\n"


@pytest.mark.parametrize(
    ("hosts", "path"),
    [
        ("['*']", "/livez"),
        ("os.environ.get('HOSTS', '*').split(',')", "/livez"),
        ("['example.com']", None),
        ("[]", None),
    ],
)
def test_django_is_asked_only_where_it_answers_to_any_host(tmp_path: Path, hosts: str, path: str | None) -> None:
    files = {
        "requirements.txt": "django",
        "site/settings.py": DJANGO.format(hosts),
        "site/urls.py": "urlpatterns = [path('livez', view)]",
    }
    found = project(tmp_path, files).get("liveness")
    assert (found.path if found.kind == "http" else None) == path


def test_a_router_of_another_file_counts_unless_it_is_put_below_a_prefix(tmp_path: Path) -> None:
    plain = {"b.py": "app = FastAPI()\napp.include_router(router)"}
    below = {"b.py": "app = FastAPI()\napp.include_router(router, prefix='/v1')"}
    assert liveness(tmp_path, "a.py", ROUTER, plain) == "/health"
    assert liveness(tmp_path, "a.py", ROUTER, below) is None
    assert liveness(tmp_path, "a.py", PYTHON, below) == "/health"
