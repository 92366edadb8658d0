"""What is known of the images that others are built on: where they listen, and whom they run as.

Each entry is what the image's own Dockerfile says.
"""

from __future__ import annotations

import re

import msgspec

from cdkit.api import Kind


class BaseImage(msgspec.Struct, frozen=True):
    """What an image brings to one that is built on it.

    Attributes:
        port: where its program listens; 0 where it has none.
        user: the user that it runs as; None for root, or where that is not known.
        kind: what it runs; None where that depends on what is put into it.
        port_name: what the port is for.
        writable: the folders that its program writes to; `/` where those hold more than what is written, so that
            nothing can take their place.
    """

    port: int = 0
    user: int | None = None
    kind: Kind | None = None
    port_name: str = "http"
    writable: tuple[str, ...] = ()


_ITSELF = ("/",)
_NOTHING = BaseImage()
_IMAGES: tuple[tuple[re.Pattern[str], BaseImage], ...] = tuple(
    (re.compile(expression), image)
    for expression, image in (
        (r"(?:.*/)?nginx-unprivileged(?::.*)?", BaseImage(8080, 101, "static")),
        (r"(?:.*/)?nginx(?::.*)?", BaseImage(80, kind="static", writable=("/var/cache/nginx", "/run"))),
        (r"(?:.*/)?httpd(?::.*)?", BaseImage(80, kind="static", writable=("/usr/local/apache2/logs",))),
        (r"(?:.*/)?caddy(?::.*)?", BaseImage(80, kind="static", writable=("/data", "/config"))),
        (r"(?:.*/)?static-web-server(?::.*)?", BaseImage(80, kind="static")),
        (r"(?:.*/)?php:.*apache.*", BaseImage(80, writable=("/run/apache2", "/run/lock"))),
        (r"(?:.*/)?php:.*fpm.*", BaseImage(9000, port_name="fastcgi")),
        (r"(?:.*/)?frankenphp(?::.*)?", BaseImage(80, writable=("/data", "/config"))),
        (r"(?:.*/)?tomcat(?::.*)?", BaseImage(8080, writable=_ITSELF)),
        (r"(?:.*/)?jetty(?::.*)?", BaseImage(8080, 999, writable=_ITSELF)),
        (r"(?:.*/)?wildfly(?:-runtime)?(?::.*)?", BaseImage(8080, 1000, writable=_ITSELF)),
        (r"(?:.*/)?(?:open-liberty|liberty|websphere-liberty)(?::.*)?", BaseImage(9080, 1001, writable=_ITSELF)),
        (r"(?:.*/)?payara/(?:server|micro)[\w-]*(?::.*)?", BaseImage(8080, 1000, writable=_ITSELF)),
        (r"mcr\.microsoft\.com/dotnet/(?:aspnet|nightly/aspnet):.*chiseled.*", BaseImage(8080, 1654)),
        (r"mcr\.microsoft\.com/dotnet/aspnet:(?:[3-7]\..*|2\..*)", BaseImage(80)),
        (r"mcr\.microsoft\.com/dotnet/(?:nightly/)?aspnet(?::.*)?", BaseImage(8080)),
        (r"mcr\.microsoft\.com/dotnet/.*chiseled.*", BaseImage(user=1654)),
        (r"gcr\.io/distroless/.*:(?:.*-)?nonroot(?:-.*)?", BaseImage(user=65532)),
        (r"cgr\.dev/.*", BaseImage(user=65532)),
        (r"(?:.*/)?bitnami/.*", BaseImage(user=1001, writable=_ITSELF)),
        (r"(?:.*/)?ubi\d+/(?:openjdk|nodejs|python|php|ruby|go-toolset)[\w-]*(?::.*)?", BaseImage(user=1001)),
    )
)

_USERS: tuple[tuple[re.Pattern[str], dict[str, int]], ...] = tuple(
    (re.compile(expression), users)
    for expression, users in (
        (r"(?:.*/)?node(?::.*)?", {"node": 1000}),
        (r"(?:.*/)?nginx(?:-unprivileged)?(?::.*)?", {"nginx": 101}),
        (r"gcr\.io/distroless/.*|cgr\.dev/.*", {"nonroot": 65532, "nobody": 65534}),
        (r"mcr\.microsoft\.com/dotnet/.*", {"app": 1654, "$APP_UID": 1654}),
        (r"(?:.*/)?wildfly(?:-runtime)?(?::.*)?", {"jboss": 1000}),
        (r".*alpine.*", {"www-data": 82, "nobody": 65534}),
        (r".*", {"www-data": 33, "nobody": 65534}),
    )
)
"""The numbers of users that images bring with them; the first line that fits and has the name counts."""


def base_image(reference: str) -> BaseImage:
    """What an image brings."""
    return next((image for expression, image in _IMAGES if expression.fullmatch(reference)), _NOTHING)


def user_of_image(reference: str, name: str) -> int | None:
    """The number of a user that an image brings; None where it is not known."""
    fitting = (users for expression, users in _USERS if expression.fullmatch(reference))
    return next((users[name] for users in fitting if name in users), None)
