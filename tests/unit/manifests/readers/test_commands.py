"""A command line tells which program runs, and where it listens."""

from __future__ import annotations

import pytest

from cdkit.api import EnvVar
from cdkit_manifests.recognise.commands import listening, port_of_address


@pytest.mark.parametrize(
    ("command", "program", "port", "is_said"),
    [
        ("gunicorn -b 0.0.0.0:8001 app:app", "gunicorn", 8001, True),
        ("gunicorn app:app --bind=[::]:8002", "gunicorn", 8002, True),
        ("/venv/bin/uvicorn main:app --port 8003", "uvicorn", 8003, True),
        ("python3.12 -m uvicorn main:app", "uvicorn", 8000, False),
        ("poetry run hypercorn app:app", "hypercorn", 8000, False),
        ("python manage.py migrate && exec gunicorn -b :8004 app", "gunicorn", 8004, True),
        ("sh -c 'bundle exec puma -p 8005'", "puma", 8005, True),
        ("puma -b tcp://0.0.0.0:8006", "puma", 8006, True),
        ("python manage.py runserver 0.0.0.0:8007", "manage.py runserver", 8007, True),
        ("python -m http.server", "http.server", 8000, False),
        ("bin/rails server", "rails server", 3000, False),
        ("rails s -p8008", "rails s", 8008, True),
        ("php artisan serve", "artisan serve", 8000, False),
        ("php -S 0.0.0.0:8009 -t public", "php -S", 8009, True),
        ("php-fpm", "php-fpm", 9000, False),
        ("NODE_ENV=production npx next start -p 8010", "next start", 8010, True),
        ("java -Dserver.port=8011 -jar app.jar", "", 8011, True),
        ("./server --listen=127.0.0.1:8012", "", 8012, True),
        ("unclosed 'quote --port 8013", "", 8013, True),
        ("gunicorn --bind 0.0.0.0:${PORT:-8014} app", "gunicorn", 8014, True),
        ("gunicorn --bind 0.0.0.0:$WEB_PORT app", "gunicorn", 8015, True),
    ],
)
def test_a_command_tells_the_port(command: str, program: str, port: int, is_said: bool) -> None:
    heard = listening(command, {"WEB_PORT": "8015"})
    assert heard is not None
    assert (heard.program, heard.port, heard.is_said, heard.kind) == (program, port, is_said, "web")


@pytest.mark.parametrize(
    ("command", "variables"),
    [
        ("bin/web --port $PORT", (EnvVar("PORT", "8080"),)),
        ("gunicorn app:app", (EnvVar("PORT", "8000"),)),
        ("uvicorn main:app", (EnvVar("UVICORN_HOST", "0.0.0.0"),)),
        ("flask run", (EnvVar("FLASK_RUN_HOST", "0.0.0.0"),)),
        ("gunicorn -b :80 app:app", ()),
    ],
)
def test_what_a_program_needs_in_order_to_be_reached_is_told(command: str, variables: tuple[EnvVar, ...]) -> None:
    heard = listening(command, {})
    assert heard is not None
    assert heard.env == variables


def test_a_variable_that_the_image_sets_is_used_and_not_set_again() -> None:
    heard = listening("gunicorn app:app", {"PORT": "7777"})
    assert heard is not None
    assert (heard.port, heard.env) == (7777, ())


@pytest.mark.parametrize("command", ["celery -A app worker", "bundle exec sidekiq", "php artisan queue:work --tries=3"])
def test_a_program_that_works_off_a_queue_is_a_worker(command: str) -> None:
    heard = listening(command, {})
    assert heard is not None
    assert (heard.kind, heard.port) == ("worker", 0)


@pytest.mark.parametrize("command", ["node server.js", "./app", "", "app --port nonsense", "sh -c", "&&", "app --port"])
def test_a_command_that_tells_nothing_tells_nothing(command: str) -> None:
    assert listening(command, {}) is None


@pytest.mark.parametrize(
    ("text", "port"),
    [("80", 80), (":80", 80), ("tcp://[::]:80", 80), ("0", 0), ("70000", 0), ("http://x:80/", 80), ("x", 0), ("", 0)],
)
def test_the_port_of_an_address(text: str, port: int) -> None:
    assert port_of_address(text) == port
