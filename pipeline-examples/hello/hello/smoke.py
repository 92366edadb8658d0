"""A quick check of the service as it was packed: ``python3 -m hello.smoke``, for instance in a pod of the image.

It starts the server in its own process, on any free port, so it needs neither a network nor a deployment.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection

from hello import __version__
from hello.server import GREETING, serve_in_background, stop

# Path, expected status, expected body (None: any).
CHECKS: tuple[tuple[str, int, str | None], ...] = (
    ("/health", 200, "ok\n"),
    ("/", 200, f"{GREETING}, version {__version__}\n"),
    ("/no-such-page", 404, None),
)


def get(port: int, path: str) -> tuple[int, str]:
    """The status and the body of a GET on this machine."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def problem(port: int, path: str, status: int, body: str | None) -> str | None:
    """What is wrong with the answer to a GET, if anything is."""
    try:
        found_status, found_body = get(port, path)
    except OSError as error:
        return str(error)
    if found_status != status:
        return f"status {found_status}, expected {status}"
    if body is not None and found_body != body:
        return f"body {found_body!r}, expected {body!r}"
    return None


def main() -> int:
    """Makes all checks with a line for each, and returns 1 if one failed."""
    failures = 0
    server, thread = serve_in_background(0)
    try:
        for path, status, body in CHECKS:
            wrong = problem(server.port, path, status, body)
            failures += wrong is not None
            print(f"FAILED GET {path}: {wrong}" if wrong else f"ok GET {path}: {status}")
    finally:
        stop(server, thread)
    print(f"smoke test: {failures} of {len(CHECKS)} checks failed" if failures else "smoke test passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
