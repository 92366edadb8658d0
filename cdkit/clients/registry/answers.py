"""What a registry answers, and what a refusal of it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit.errors import AccessDenied, CdkitError, ObjectNotFound, RegistryUnreachable, RequestRejected
from cdkit.models.decoding import decode_json

LONGEST_MESSAGE = 500
"""Characters of a registry's message that are shown."""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS, SERVER_ERROR = 401, 403, 404, 429, 500

LOG_IN = "Log in to the registry (`docker login`), or give the step a user and a password that may do this."
LIMITED = "The registry limits how often it is asked: wait, or log in to raise the limit."


class Answer(msgspec.Struct, frozen=True):
    """A whole answer.

    Attributes:
        status: the HTTP status.
        headers: the headers, in lower case.
        body: the body's bytes.
        url: where it came from, after redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Whether the registry did what it was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 -- the range of HTTP itself

    @property
    def says_not_found(self) -> bool:
        """Whether the registry itself says that it has no such thing."""
        return self.status == NOT_FOUND and not self.is_of_no_registry

    @property
    def is_of_no_registry(self) -> bool:
        """Whether something in front of the registry answered: a proxy's page, where a registry would send JSON."""
        is_page = self.headers.get("content-type", "").startswith("text/html")
        return is_page and "docker-distribution-api-version" not in self.headers


class _Said(msgspec.Struct, frozen=True):
    """One error. https://github.com/opencontainers/distribution-spec/blob/main/spec.md (error codes)."""

    code: str = ""
    message: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    errors: list[_Said] = []


def may_pass(status: int) -> bool:
    """Whether asking again may end better."""
    return status == TOO_MANY_REQUESTS or status >= SERVER_ERROR


def retry_after(headers: Mapping[str, Any], now: float) -> float:
    """The seconds that an answer asks us to wait; 0 when it does not say. RFC 9110, section 10.2.3.

    Args:
        headers: of the answer, in lower case.
        now: seconds since the epoch.
    """
    said = str(headers.get("retry-after", "")).strip()
    if said.isdecimal():
        return float(said)
    if not said:
        return 0.0
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - now)
    except ValueError:
        return 0.0


def error_of(answer: Answer, what: str) -> CdkitError:
    """The error that an answer other than 'ok' means.

    Args:
        answer: the answer.
        what: what was tried, as the beginning of a sentence: `Cannot push 127.0.0.1:5000/hello:1`.
    """
    status, message = answer.status, f"{what}: {_said(answer)}"
    if status in {UNAUTHORIZED, FORBIDDEN}:
        return AccessDenied(message, remedy=LOG_IN)
    if status == TOO_MANY_REQUESTS:
        return RegistryUnreachable(message, remedy=LIMITED)
    if answer.is_of_no_registry:
        remedy = "Check the registry's address, and what stands in front of it."
        return RegistryUnreachable(f"{what}: no registry answers there (HTTP {status}).", remedy=remedy)
    if status == NOT_FOUND:
        return ObjectNotFound(
            message, remedy="Check the repository's name and the tag, and that the image was pushed to this registry."
        )
    if status >= SERVER_ERROR:
        return RegistryUnreachable(message)
    return RequestRejected(message, remedy="Check that the registry accepts such an image under this name.")


def _said(answer: Answer) -> str:
    """The registry's own words, on one line; bodies of proxies are not for people."""
    try:
        errors = decode_json(answer.body, _Refusal).errors if answer.body else []
    except msgspec.MsgspecError:
        errors = []
    words = "; ".join(error.message or error.code for error in errors)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    line = f"{line[:LONGEST_MESSAGE]}..." if len(line) > LONGEST_MESSAGE else line
    host = answer.url.split("/")[2]
    return f"{line} (HTTP {answer.status})." if line else f"{host} answers with HTTP {answer.status}."
