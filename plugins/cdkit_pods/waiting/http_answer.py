"""The raw answer of an HTTP server, read."""

from __future__ import annotations

from io import BytesIO

from cdkit_pods.waiting.conditions import Http
from cdkit_pods.waiting.pattern import Pattern


class _Received:
    """What `http.client` reads from in place of a socket."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._raw)


def request_of(wanted: Http) -> str:
    """The request, as it goes over the wire: HTTP/1.1, after whose answer the server hangs up."""
    headers = {"host": f"localhost:{wanted.port}", "user-agent": "cdkit", "accept": "*/*"}
    given = {name.lower() for name, _ in wanted.headers}
    own = [(name, value) for name, value in headers.items() if name not in given]
    lines = [f"{name}: {value}" for name, value in (*own, *wanted.headers, ("connection", "close"))]
    return "\r\n".join([f"{wanted.method} {wanted.path} HTTP/1.1", *lines, "", ""])


def shortcoming(wanted: Http, raw: bytes, body: Pattern | None) -> str:
    """What an answer lacks, as in `it answered 503`; empty when it is as it should be.

    Args:
        wanted: what was asked, and how it should be answered.
        raw: the answer as it came, perhaps cut at its end.
        body: has to stand in the answer's body; None for any body.

    Raises:
        InvalidInput: the search for the pattern takes too long.
    """
    from http.client import HTTPException, HTTPResponse, IncompleteRead

    response = HTTPResponse(_Received(raw), method=wanted.method)  # type: ignore[arg-type]  # all that it uses of a socket
    try:
        response.begin()
        content = response.read()
    except IncompleteRead as error:
        content = error.partial
    except (HTTPException, ValueError):
        return "answered with what is not HTTP"
    if not any(_fits(response.status, status) for status in wanted.statuses):
        return f"answered {response.status}"
    if body is not None and not body.found_in(content.decode(errors="replace")):
        return f"answered {response.status}, and {body.text!r} is not in the body"
    return ""


def _fits(status: int, wanted: str) -> bool:
    return str(status) == wanted or (wanted.endswith("xx") and str(status)[0] == wanted[0])
