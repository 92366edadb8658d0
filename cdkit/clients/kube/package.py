"""The few parts of the `kubernetes` package that we use, without importing the rest of it.

The package imports all of itself: typed models (pydantic) for what we send as plain dictionaries, and OAuth libraries
for tokens that nearly no kubeconfig asks for. That is 120 of 180 ms, which every run against a cluster would pay.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_PACKAGE = "kubernetes"
_ONLY_FOR_OIDC = ("oauthlib", "oauthlib.oauth2", "requests_oauthlib")
_lock = threading.Lock()


class Parts:
    """What we use of the package.

    Attributes:
        kube_config: reads kubeconfig files (`kubernetes.config.kube_config`).
        in_cluster: reads the account of a pod (`kubernetes.config.incluster_config`).
        Configuration: how to reach a server, and as whom.
        RESTClientObject: makes the connection pool of a configuration: TLS, client certificates, proxies.
    """

    def __init__(self) -> None:
        client = import_module("kubernetes.client")
        with _placeholder(client, "ApiClient"):
            self.kube_config: Any = import_module("kubernetes.config.kube_config")
        self.in_cluster: Any = import_module("kubernetes.config.incluster_config")
        self.Configuration: Any = client.Configuration
        self.RESTClientObject: Any = import_module("kubernetes.client.rest").RESTClientObject


_known: Parts | None = None


def parts() -> Parts:
    """The parts, imported on first use."""
    global _known  # noqa: PLW0603 -- a module is imported once
    with _lock:
        if _known is None:
            with _without_the_rest():
                _known = Parts()
        return _known


def complete(kube_config: Any) -> None:
    """Import what reading of a kubeconfig needs that asks for OIDC tokens (`auth-provider`)."""
    kube_config.oauthlib = import_module("oauthlib.oauth2") and import_module("oauthlib")
    kube_config.OAuth2Session = import_module("requests_oauthlib").OAuth2Session
    kube_config.ApiClient = import_module("kubernetes.client").ApiClient


@contextmanager
def _without_the_rest() -> Iterator[None]:
    """Let the package be without what its `__init__` imports, and without the OAuth libraries, for us alone.

    Who imports the package later, a plugin say, gets all of it: what we have imported is ours, and is forgotten again.
    """
    known = {name: module for name, module in sys.modules.items() if _is_of_package(name)}
    spec = find_spec(_PACKAGE)
    package = ModuleType(_PACKAGE)
    package.__path__ = list(spec.submodule_search_locations or ()) if spec else []
    absent = {_PACKAGE: package, **{name: _Placeholder(name) for name in _ONLY_FOR_OIDC}}
    stand_ins = {name: module for name, module in absent.items() if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        for name in [name for name in sys.modules if _is_of_package(name) and name not in known]:
            del sys.modules[name]


def _is_of_package(name: str) -> bool:
    return name == _PACKAGE or name.startswith(f"{_PACKAGE}.")


@contextmanager
def _placeholder(module: ModuleType, name: str) -> Iterator[None]:
    """Let a module that imports its parts when they are asked for have one that costs nothing."""
    if name in vars(module):
        yield
        return
    setattr(module, name, None)
    try:
        yield
    finally:
        delattr(module, name)


class _Placeholder(ModuleType):
    """A module of which anything may be imported, and nothing be used."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)
