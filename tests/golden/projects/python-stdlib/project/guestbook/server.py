"""Answers /health, and greets everybody else."""

import http.server
import os
import signal
import sys
import tempfile


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"ok" if self.path == "/health" else b"Welcome"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    # The guest book itself is a file; without a place for it there is no guest book.
    with tempfile.NamedTemporaryFile() as book:
        book.write(b"guests\n")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        server = http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler)
        server.serve_forever()


if __name__ == "__main__":
    main()
