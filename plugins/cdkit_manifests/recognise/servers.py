"""The programs that serve requests, and those that work off queues: where they listen, and how they are told to.

Each entry is what the program's own documentation says of its command line.
"""

from __future__ import annotations

import msgspec

from cdkit.api import EnvVar, Kind


class Server(msgspec.Struct, frozen=True):
    """A program that is started by a command.

    Attributes:
        port: where it listens when nobody says otherwise; 0 when it does not listen by itself.
        flags: the options that name a port, or a host and a port.
        environ: what makes it listen for others than its own machine, where it does not by itself; the value of a
            variable that holds a port is the port itself.
        kind: what it is.
        port_name: what its port is for.
    """

    port: int = 0
    flags: tuple[str, ...] = ("--port", "-p")
    environ: tuple[EnvVar, ...] = ()
    kind: Kind = "web"
    port_name: str = "http"


_WORKER = Server(kind="worker", flags=())
PORT_VARIABLE = EnvVar("PORT")

SERVERS: dict[str, Server] = {
    # Python
    "gunicorn": Server(8000, ("-b", "--bind"), (PORT_VARIABLE,)),
    "uvicorn": Server(8000, ("--port",), (EnvVar("UVICORN_HOST", "0.0.0.0"),)),  # noqa: S104 -- in the container
    "hypercorn": Server(8000, ("-b", "--bind")),
    "daphne": Server(8000),
    "granian": Server(8000, ("--port",), (EnvVar("GRANIAN_HOST", "0.0.0.0"),)),  # noqa: S104
    "waitress-serve": Server(8080, ("--port", "--listen")),
    "flask run": Server(5000, ("--port", "-p"), (EnvVar("FLASK_RUN_HOST", "0.0.0.0"),)),  # noqa: S104
    "fastapi run": Server(8000, ("--port",)),
    "streamlit run": Server(8501, ("--server.port",)),
    "manage.py runserver": Server(8000, ("runserver",)),
    "http.server": Server(8000, ("http.server",)),
    "celery": _WORKER,
    "dramatiq": _WORKER,
    "rq worker": _WORKER,
    "huey_consumer": _WORKER,
    "huey_consumer.py": _WORKER,
    "arq": _WORKER,
    # JavaScript
    "next start": Server(3000),
    "nuxt start": Server(3000),
    "remix-serve": Server(3000, ()),
    "fastify start": Server(3000),
    "http-server": Server(8080),
    "serve -s": Server(3000, ("-l", "--listen", "-p")),
    "serve -l": Server(3000, ("-l", "--listen", "-p")),
    # Ruby
    "rails server": Server(3000),
    "rails s": Server(3000),
    "puma": Server(9292, ("-p", "--port", "-b", "--bind")),
    "rackup": Server(9292),
    "thrust": Server(80, ()),
    "unicorn": Server(8080),
    "thin start": Server(3000),
    "sidekiq": _WORKER,
    "good_job": _WORKER,
    # PHP
    "artisan serve": Server(8000, ("--port",)),
    "octane:start": Server(8000, ("--port",)),
    "php -S": Server(0, ("-S",)),
    "php-fpm": Server(9000, (), port_name="fastcgi"),
    "apache2-foreground": Server(80, ()),
    "queue:work": _WORKER,
    "horizon": _WORKER,
    "schedule:work": _WORKER,
    "messenger:consume": _WORKER,
    # Servers of files and containers of servlets
    "httpd-foreground": Server(80, ()),
    "catalina.sh run": Server(8080, ()),
    "standalone.sh": Server(8080, ("-Djboss.http.port",)),
}
"""By the words that begin their command; a longer entry comes before a shorter one."""

ANY_SERVER = Server(
    flags=(
        "--port", "-port", "--http-port", "--server.port", "-Dserver.port", "-Dquarkus.http.port",
        "-Dmicronaut.server.port", "--listen", "-listen", "--addr", "-addr", "--address", "--bind", "--http.addr",
    )
)  # fmt: skip
"""A program that is not known, but is told a port in one of the usual ways."""
