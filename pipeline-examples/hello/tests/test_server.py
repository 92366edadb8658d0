"""Tests of the service: its answers in this process, its end in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import unittest
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from hello import __version__, smoke
from hello.server import GREETING, serve_in_background, stop
from hello.smoke import get

PROJECT = Path(__file__).parent.parent


class Answers(unittest.TestCase):
    """What it answers."""

    def setUp(self) -> None:
        server, thread = serve_in_background(0)
        self.addCleanup(stop, server, thread)
        self.port = server.port

    def test_greets(self) -> None:
        self.assertEqual(get(self.port, "/"), (200, f"{GREETING}, version {__version__}\n"))

    def test_is_healthy(self) -> None:
        self.assertEqual(get(self.port, "/health"), (200, "ok\n"))

    def test_ignores_a_query(self) -> None:
        self.assertEqual(get(self.port, "/health?from=probe")[0], 200)

    def test_knows_no_other_page(self) -> None:
        self.assertEqual(get(self.port, "/healthy")[0], 404)


class Version(unittest.TestCase):
    """What it says of itself."""

    def test_is_that_of_the_project(self) -> None:
        project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
        self.assertEqual(project["version"], __version__)


class Smoke(unittest.TestCase):
    """The check of the packed service."""

    def run_smoke(self) -> tuple[int, str]:
        with redirect_stdout(StringIO()) as output:
            status = smoke.main()
        return status, output.getvalue()

    def test_passes(self) -> None:
        status, output = self.run_smoke()
        self.assertEqual(status, 0, output)
        self.assertEqual(output.count("ok GET"), 3)

    def test_says_what_failed(self) -> None:
        with patch.object(smoke, "CHECKS", (("/health", 500, None),)):
            status, output = self.run_smoke()
        self.assertEqual(status, 1)
        self.assertIn("FAILED GET /health: status 200, expected 500", output)


@contextmanager
def service(drain_seconds: float) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The service in a process of its own, with its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hello"],
        cwd=PROJECT,
        env=os.environ | {"PORT": "0", "DRAIN_SECONDS": str(drain_seconds)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline().split()[-1])
        finally:
            process.kill()


class End(unittest.TestCase):
    """How it ends."""

    def test_serves_while_it_drains_and_then_ends_well(self) -> None:
        with service(drain_seconds=1) as (process, port):
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            answered = 0
            while time.monotonic() - told < 0.8:
                self.assertEqual(get(port, "/health"), (200, "ok\n"))
                answered += 1
            self.assertEqual(process.wait(timeout=5), 0)
            self.assertGreaterEqual(time.monotonic() - told, 1)
            self.assertGreater(answered, 10)
            with self.assertRaises(ConnectionRefusedError):
                get(port, "/health")

    def test_finishes_what_is_under_way(self) -> None:
        with service(drain_seconds=0) as (process, port):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                client.sendall(b"GET /health HTTP/1.0\r\n")  # the blank line that ends the request is missing
                get(port, "/health")  # answered after the connection above was accepted
                process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                self.assertIsNone(process.poll())
                client.sendall(b"\r\n")
                self.assertTrue(client.makefile("rb").read().endswith(b"\r\n\r\nok\n"))
            self.assertEqual(process.wait(timeout=5), 0)

    def test_a_second_signal_cuts_the_draining_short(self) -> None:
        with service(drain_seconds=60) as (process, _):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)  # two of the same kind at once would be one
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=5), 0)

    def test_a_person_need_not_wait(self) -> None:
        with service(drain_seconds=60) as (process, _):
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=5), 0)


if __name__ == "__main__":
    unittest.main()
