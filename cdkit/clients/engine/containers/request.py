"""One request to the engine's API, and what its refusal means. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from cdkit.errors import CdkitError, ObjectConflict, ObjectNotFound, RequestRejected, WorldFailed
from cdkit.models.decoding import decode_json

LONGEST_MESSAGE = 2000
"""Characters of the engine's own words in an error."""

_ERRORS: Mapping[int, type[WorldFailed]] = {404: ObjectNotFound, 409: ObjectConflict}


Query = Mapping[str, str | int]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request.

    Attributes:
        what: what it tries, as the beginning of an error: `Cannot start the container web`.
        method: GET, POST, PUT, DELETE.
        path: below the API's version; see `part`.
        query: its parameters.
        body: sent as JSON.
        archive: a tar archive, sent as it comes, in place of `body`.
        login: for the registry, as the engine takes it.
        meaning: the error that a refusal means, of the engine's words and `what`; None to tell by the status.
    """

    what: str
    method: str
    path: str
    query: Query = {}
    body: Any = None
    archive: Iterable[bytes] | None = None
    login: str = ""
    meaning: Callable[[str, str], CdkitError] | None = None

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def content(self) -> bytes | Iterable[bytes] | None:
        """What is sent after the headers."""
        return self.archive if self.body is None else msgspec.json.encode(self.body)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent before the content."""
        headers = {"Content-Type": "application/x-tar" if self.body is None else "application/json"}
        return {**headers, "X-Registry-Auth": self.login} if self.login else headers

    def refusal(self, status: int, said: bytes) -> CdkitError:
        """The error that an answer means.

        Args:
            status: of the answer, 400 or more.
            said: its body.
        """
        message = " ".join(_message(said).split()) or f"HTTP status {status}"
        if self.meaning is not None:
            return self.meaning(message, self.what)
        if len(message) > LONGEST_MESSAGE:
            message = f"{message[:LONGEST_MESSAGE]}..."
        return _ERRORS.get(status, RequestRejected)(f"{self.what}: {message}")


class _Said(msgspec.Struct, frozen=True):
    message: str = ""


def _message(said: bytes) -> str:
    try:
        return decode_json(said, _Said).message
    except msgspec.MsgspecError:
        return said.decode(errors="replace")


def part(name: str) -> str:
    """The name of a container, a network or a volume as a part of a path."""
    return quote(name, safe="")


def filters(**wanted: Iterable[str]) -> str:
    """The parameter `filters`: of each kind any of the values, of labels all."""
    return msgspec.json.encode({kind: list(values) for kind, values in wanted.items()}).decode()


def labels_filter(labels: Mapping[str, str]) -> list[str]:
    """Labels as a filter has them; an empty value stands for any."""
    return [f"{name}={value}" if value else name for name, value in labels.items()]


def reference_part(reference: str) -> str:
    """The reference of an image as a part of a path; the engine finds its end by itself."""
    return quote(reference, safe="/:@")
