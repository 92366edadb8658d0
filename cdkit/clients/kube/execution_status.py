"""What an API server says of a command in a container: that it cannot begin, or how it ended. Pure."""

from __future__ import annotations

import msgspec

from cdkit.clients.kube.errors import Answer, Refusal, Request, error_of
from cdkit.errors import CdkitError, ClusterUnreachable, ObjectNotFound, RequestRejected
from cdkit.models.container import Executed
from cdkit.models.decoding import decode_json

BAD_REQUEST = 400

_NO_SUCH_CONTAINER = "is not valid for pod"
"""The words of an API server (400)."""

_DOES_NOT_RUN = ("container not found", "pod does not exist", "does not have a host assigned")
"""The words of a kubelet (404, 500), and of an API server on a pod that no kubelet has yet (400)."""

_NOT_STARTED = b"OCI runtime exec failed"
"""How Docker begins when it writes, as if the command had, that there is no such program."""

_NOT_STARTED_CODES = frozenset({126, 127})


class _Status(Refusal, frozen=True, rename="camel"):
    status: str = ""

    @property
    def exit_code(self) -> int | None:
        """That of a command which began; None when it did not."""
        if self.status == "Success":
            return 0
        codes = [cause.message for cause in self.about.causes if cause.reason == "ExitCode"]
        return int(codes[0]) if codes and codes[0].isdecimal() else None


def not_begun(answer: Answer, request: Request, container: str) -> CdkitError:
    """The error of an answer that opens no channels.

    Args:
        answer: what the server, or what stands before it, said.
        request: what was asked of it.
        container: in which the command was to run.
    """
    said = answer.refusal.message
    what = f"Cannot {request.verb} {request.subject}"
    if _NO_SUCH_CONTAINER in said:
        return ObjectNotFound(f"{what}: it has no container {container}.")
    if any(words in said for words in _DOES_NOT_RUN):
        return RequestRejected(f"{what}: its container {container} does not run.")
    if answer.status < BAD_REQUEST:
        return ClusterUnreachable(
            f"No commands can be run by {request.server}: it answers {answer.status} instead of opening a WebSocket.",
            remedy="Let what stands before the API server, a proxy or balancer, hand on upgrades of connections.",
        )
    return error_of(answer, request)


def executed(status: bytes, output: bytes, errors: bytes, request: Request) -> Executed:
    """How a command ended.

    Args:
        status: the Status object that came at its end.
        output: the beginning of what it wrote.
        errors: the last of what it wrote to its error stream.
        request: what was asked.

    Raises:
        RequestRejected: its program could not be started.
        ClusterUnreachable: the status is none.
    """
    try:
        told = decode_json(status, _Status)
    except msgspec.MsgspecError as error:
        raise ClusterUnreachable(f"{request.server} did not tell how a command in {request.subject} ended.") from error
    code = told.exit_code
    if code is None:
        raise _not_started(told.message or told.reason, request)
    if code in _NOT_STARTED_CODES and output.startswith(_NOT_STARTED):
        raise _not_started(output.decode(errors="replace"), request)
    return Executed(code, errors.decode(errors="replace"))


def _not_started(said: str, request: Request) -> RequestRejected:
    return RequestRejected(f"Cannot {request.verb} {request.subject}: {' '.join(said.split())}.")
