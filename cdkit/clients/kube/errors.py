"""What an API server's refusal means, and how it is said.

The statuses and their fields: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from cdkit.errors import (
    AccessDenied,
    CdkitError,
    ClusterUnreachable,
    ObjectConflict,
    ObjectNotFound,
    RequestRejected,
)
from cdkit.models.decoding import decode_json
from cdkit.models.kube import FieldRefusal

Shape = TypeVar("Shape")

LONGEST_MESSAGE = 800
"""Characters of a server's message that are shown."""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY_REQUESTS, INTERNAL_ERROR = 401, 403, 404, 409, 429, 500

TRANSIENT = frozenset({TOO_MANY_REQUESTS, INTERNAL_ERROR, 502, 503, 504})

_REJECTED_AS_INTERNAL = re.compile(r"typed patch object|unable to convert unstructured|error decoding from json")
"""Servers up to 1.2x answer 500 to a server-side apply of fields that the schema does not have."""

_HARMLESS = (
    re.compile(r"(\.[\w.\-/]+: (?:expected \w+|field not declared in schema))"),
    re.compile(r"(illegal base64 data)"),
    re.compile(r"(field is immutable)"),
)
"""Parts of messages about a Secret that cannot quote its values."""


class Answer(msgspec.Struct, frozen=True):
    """What the API server answered.

    Attributes:
        status: the HTTP status.
        body: the body's bytes.
        retry_after: seconds that the server asks us to wait before another try; 0 when it does not say.
    """

    status: int
    body: bytes = b""
    retry_after: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 -- the range of HTTP itself

    @property
    def transient(self) -> bool:
        """Whether another try may end better."""
        return self.status in TRANSIENT and not self.rejected_as_internal

    @property
    def rejected_as_internal(self) -> bool:
        """Whether an 'internal error' is in truth about our own object."""
        return self.status == INTERNAL_ERROR and bool(_REJECTED_AS_INTERNAL.search(self.refusal.message))

    @property
    def refusal(self) -> Refusal:
        """The Status object of the body, or what a proxy in between said."""
        try:
            return decode_json(self.body, Refusal)
        except msgspec.MsgspecError:
            return Refusal(message=self.body[: LONGEST_MESSAGE * 2].decode(errors="replace"))


class RefusalCause(msgspec.Struct, frozen=True, rename="camel"):
    """One cause in a Status: a field, and what is wrong with it."""

    reason: str = ""
    message: str = ""
    field: str = ""


class RefusalDetails(msgspec.Struct, frozen=True, rename="camel"):
    """The details of a Status: which object it is about."""

    name: str = ""
    kind: str = ""
    causes: list[RefusalCause] = []


class Refusal(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of a Status object that matter here."""

    message: str = ""
    reason: str = ""
    details: RefusalDetails | None = None

    @property
    def about(self) -> RefusalDetails:
        """Which object it is about; empty when the server did not say."""
        return self.details or RefusalDetails()


class Request(msgspec.Struct, frozen=True):
    """What was asked, for messages.

    Attributes:
        server: how the API server is named to a person.
        verb: `read`, `list`, `watch`, `apply`, `create`, `patch`, `delete`.
        api_version: of the object.
        kind: of the object.
        name: of the object; empty for a list.
        namespace: of the object; empty for a kind that has none.
    """

    server: str
    verb: str
    api_version: str
    kind: str
    name: str = ""
    namespace: str = ""

    @property
    def subject(self) -> str:
        """The object: `Deployment web in namespace staging`."""
        named = f"{self.kind} {self.name}" if self.name else self.kind
        return f"{named} in namespace {self.namespace}" if self.namespace else named


def error_of(answer: Answer, request: Request) -> CdkitError:
    """The error that an answer other than 'ok' means."""
    status, said = answer.status, _said(answer, request)
    if status == UNAUTHORIZED:
        return AccessDenied(f"{_capital(request.server)} does not accept our credentials (401): {said}")
    if status == FORBIDDEN:
        return _forbidden(answer.refusal, request, said)
    if status == NOT_FOUND:
        return _not_found(answer.refusal, request)
    if status == CONFLICT:
        return ObjectConflict(f"Cannot {request.verb} {request.subject}: {said}", fields=_fields(answer, request))
    if status == TOO_MANY_REQUESTS or (status >= INTERNAL_ERROR and not answer.rejected_as_internal):
        server = _capital(request.server)
        return ClusterUnreachable(f"{server} failed to {request.verb} {request.subject} ({status}): {said}")
    message = f"The cluster refuses to {request.verb} {request.subject} ({status}): {said}"
    return RequestRejected(message, fields=_fields(answer, request))


def says_no_such_object(answer: Answer) -> bool:
    """Whether a 404 is about the object itself, and not about an unknown kind, or from a proxy in between."""
    return answer.status == NOT_FOUND and bool(answer.refusal.about.name)


def not_served(request: Request) -> RequestRejected:
    """The error for a kind that the server does not know."""
    return RequestRejected(
        f"{_capital(request.server)} does not serve {request.api_version} {request.kind}.",
        remedy="Check apiVersion and kind (`kubectl api-resources` lists them), or install the CRD that brings them.",
        cause="kind-not-served",
    )


def _forbidden(refusal: Refusal, request: Request, said: str) -> AccessDenied:
    remedy = None
    if any(cause.reason == "NamespaceTerminating" for cause in refusal.about.causes):
        remedy = "Wait until the namespace is gone, and create it again."
    elif "exceeded quota" in refusal.message:
        remedy = "Free what the namespace's quota counts, or have the quota raised."
    elif "cannot" not in refusal.message:
        remedy = "An admission rule of the cluster forbids it: change the object, or ask who runs the cluster."
    return AccessDenied(f"Not allowed to {request.verb} {request.subject}: {said}", remedy=remedy)


def _not_found(refusal: Refusal, request: Request) -> CdkitError:
    about = refusal.about
    if about.kind == "namespaces" and request.kind != "Namespace":
        return ObjectNotFound(
            f"Cannot {request.verb} {request.subject}: the namespace {about.name} does not exist.",
            remedy=f"Create it (`kubectl create namespace {about.name}`), or correct the environment's `namespace`.",
        )
    if about.name:
        return ObjectNotFound(f"Cannot {request.verb} {request.subject}: it does not exist.")
    return not_served(request)


def _said(answer: Answer, request: Request) -> str:
    """The server's own words, on one line and without any value of a Secret."""
    refusal = answer.refusal
    quotes_values = answer.status not in {UNAUTHORIZED, FORBIDDEN, CONFLICT}
    message = _about_secret(refusal) if request.kind == "Secret" and quotes_values else _causes(refusal)
    return _sentence(message or refusal.reason or "no reason given")


def _causes(refusal: Refusal) -> str:
    causes = [f"{cause.field}: {cause.message}" for cause in refusal.about.causes if cause.field and cause.message]
    return "; ".join(causes) or refusal.message


def _fields(answer: Answer, request: Request) -> list[FieldRefusal]:
    """The fields that the server objects to. A conflict names managers only, and never quotes a value."""
    may_quote = request.kind == "Secret" and answer.status != CONFLICT
    return [
        FieldRefusal(cause.field, cause.reason, _harmless(cause.message) if may_quote else cause.message)
        for cause in answer.refusal.about.causes
        if cause.field
    ]


def _about_secret(refusal: Refusal) -> str:
    fields = [f"{cause.field} ({cause.reason})" for cause in refusal.about.causes if cause.field]
    known = "; ".join(filter(None, [*fields, _harmless(refusal.message)]))
    return known or "the server's words are left out, because they may quote the Secret"


def _harmless(message: str) -> str:
    """What of a message about a Secret cannot be one of its values."""
    return "; ".join(dict.fromkeys(found for pattern in _HARMLESS for found in pattern.findall(message)))


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > LONGEST_MESSAGE:
        line = f"{line[:LONGEST_MESSAGE]}..."
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def decoded(body: bytes, server: str, shape: type[Shape]) -> Shape:
    """The JSON that a server answered with.

    Raises:
        ClusterUnreachable: it is something else: no API server answers at this address.
    """
    try:
        return decode_json(body, shape)
    except msgspec.MsgspecError as error:
        raise ClusterUnreachable(
            f"{_capital(server)} answers, but not with JSON: it is no API server, or a proxy stands in between.",
        ) from error
