"""Connections to the Docker engine, and its faults told as ours."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cdkit.clients.faults import innermost, words_of
from cdkit.errors import EngineUnreachable
from cdkit.flow.cancellation import Cancellation, until_cancelled

if TYPE_CHECKING:
    from docker import APIClient

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"

HELLO_SECONDS = 5
"""An engine is on this machine or near it: one that does not say hello by then does not answer."""

QUESTION_SECONDS = 60
"""The engine may have to ask a registry."""


class EngineConnection:
    """Makes clients for one engine; nothing is asked of it before the first use.

    Args:
        environ: where DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH are looked up.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._lock = threading.Lock()
        self._questions: APIClient | None = None

    def hello(self) -> APIClient:
        """A client that has just heard from the engine, and does not wait long.

        Raises:
            EngineUnreachable: the engine does not answer.
        """
        return self._new_client("auto", HELLO_SECONDS)

    def questions(self) -> APIClient:
        """The client for short requests, shared by all threads.

        Raises:
            EngineUnreachable: the engine does not answer.
        """
        with self._lock:
            if self._questions is None:
                self._questions = self._new_client(self._version(), QUESTION_SECONDS)
                weakref.finalize(self, self._questions.close)
            return self._questions

    def stream(
        self, start: Callable[[APIClient], Iterable[dict[str, Any]]], cancellation: Cancellation
    ) -> Iterator[dict[str, Any]]:
        """The messages of a long request, until its end or a cancel.

        Args:
            start: sends the request and gives its messages.
            cancellation: ends it at once; the engine is hung up on, and stops its work.

        Raises:
            EngineUnreachable: the engine does not answer, or hung up.
        """
        cancellation.raise_if_cancelled()
        client = self._new_client(self.questions().api_version, None)
        responses: list[Any] = []
        client.hooks["response"].append(lambda response, **_: responses.append(response))

        def messages() -> Iterator[dict[str, Any]]:
            # In the thread that reads: only there it is known that nobody reads any more.
            with closing(client), ExitStack() as stack, self.faults():
                stack.callback(lambda: [response.close() for response in responses])
                yield from start(client)

        forget = cancellation.on_cancel(lambda: _hang_up(responses))
        try:
            yield from until_cancelled(messages(), cancellation)
        except EngineUnreachable:
            # The connection that we hang up on breaks, and may do so before the cancel itself is heard here.
            cancellation.raise_if_cancelled()
            raise
        finally:
            forget()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Tell a fault of the connection as `EngineUnreachable`; what the engine itself says passes."""
        from docker.errors import APIError, DockerException
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except APIError:
            raise
        except (DockerException, RequestException, HTTPError) as error:
            raise unreachable(error, self._environ.get("DOCKER_HOST") or DEFAULT_ADDRESS) from error

    def _version(self) -> str:
        with closing(self.hello()) as client:
            return client.api_version

    def _new_client(self, version: str, timeout: int | None) -> APIClient:
        with self.faults():
            from docker import APIClient
            from docker.utils import kwargs_from_env

            settings = kwargs_from_env(environment=self._environ)
            # The stubs do not know that None, as in `requests`, waits for ever.
            return APIClient(version=version, timeout=timeout, **settings)  # type: ignore[arg-type]


def _hang_up(responses: list[Any]) -> None:
    for response in responses:
        # It may have ended by itself in this very moment.
        with suppress(ValueError, RuntimeError, OSError, NotImplementedError):
            response.raw.shutdown()


def unreachable(error: BaseException, address: str) -> EngineUnreachable:
    """What a fault of a connection means: that the engine at an address does not answer, and why."""
    if isinstance(innermost(error), PermissionError):
        return EngineUnreachable(
            f"The Docker engine's socket {address} may not be used by this account (permission denied).",
            remedy="Add the account to the socket's group (often `docker`), or point DOCKER_HOST at another engine.",
        )
    return EngineUnreachable(f"The Docker engine at {address} does not answer: {words_of(error)}.")
