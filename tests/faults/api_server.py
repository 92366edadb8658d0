"""Ways in which an API server, or what stands before it, goes wrong."""

from __future__ import annotations

import base64
import random
import ssl
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from tests.faults.proxy import Answer, Cut, Fault, Proxy, Request, Reset, Silence, Slow

MEMORY = 50
"""How many old lines of a watch are kept to be told again."""


def connection_to(kubeconfig: str, folder: Path) -> Callable[[], HTTPConnection]:
    """Makes connections to the server of a kubeconfig, with the client certificate that may stand in it.

    Args:
        kubeconfig: its path.
        folder: where the certificates may be laid down.
    """
    config = yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    server = urlsplit(cluster["server"])
    context = ssl.create_default_context(cafile=_file_of(cluster, "certificate-authority", folder))
    if "token" not in user:
        context.load_cert_chain(_file_of(user, "client-certificate", folder), _file_of(user, "client-key", folder))
    return lambda: HTTPSConnection(server.hostname or "", server.port, context=context)


def _file_of(settings: dict[str, str], name: str, folder: Path) -> str:
    """The file that a setting names, or one with the data that stands in the kubeconfig itself."""
    if f"{name}-data" not in settings:
        return settings[name]
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(base64.b64decode(settings[f"{name}-data"]))
    return str(path)


def kubeconfig_of(proxy: Proxy, kubeconfig: str, folder: Path) -> str:
    """A kubeconfig that leads through a proxy; the token of the given one, if it has any, is handed on with it."""
    path, given = folder / "kubeconfig", yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
    token = given["users"][0]["user"].get("token")
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "faulty",
        "clusters": [{"name": "faulty", "cluster": {"server": proxy.address}}],
        "users": [{"name": "build", "user": {"token": token} if token else {}}],
        "contexts": [{"name": "faulty", "context": {"cluster": "faulty", "user": "build"}}],
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return str(path)


def is_watch(request: Request) -> bool:
    """Whether a request opens a watch."""
    return "watch=1" in request.path or "watch=true" in request.path


class Repeated(Fault):
    """A watch tells old lines again between the new ones, as two servers behind one balancer may."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        old: list[bytes] = []
        for line in _lines(pieces):
            yield line
            if line:
                yield from self._chance.sample(old, min(2, len(old)))
                old = [*old, line][-MEMORY:]


class Swallowed(Fault):
    """A watch loses every so-many-th line."""

    def __init__(self, every: int) -> None:
        self._every = every

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        told = 0
        for line in _lines(pieces):
            told += bool(line)
            if not line or told % self._every:
                yield line


class Mischief:
    """Chooses faults by chance, a fault for each fourth request and for each watch, and reproducibly so.

    Args:
        seed: the same seed makes the same choices for the same requests.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Fault:
        """Never two refusals in a row: a server that never answers is another matter."""
        with self._lock:
            if is_watch(request):
                return self._chance.choice([Cut(1), Cut(1), Repeated(self._chance), Silence(2), Swallowed(5), Reset()])
            if self._chance.random() < 0.25:
                return self._chance.choice([Reset(), Answer(429, Retry_After="1"), Answer(500), Answer(503), Slow(1.0)])
            return Fault()


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines, and the empty pieces between them."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        if not whole:
            yield b""
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest
