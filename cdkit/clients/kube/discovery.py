"""Which resource a kind is: from the table of built-in kinds, else the server is asked once for each group version."""

from __future__ import annotations

import threading

import msgspec

from cdkit.clients.kube.errors import NOT_FOUND, Answer, Request, error_of, not_served
from cdkit.clients.kube.paths import built_in, group_version_path
from cdkit.clients.kube.transport import Transport
from cdkit.models.decoding import decode_json
from cdkit.models.kube import Resource


class _ApiResource(msgspec.Struct, frozen=True):
    name: str
    kind: str
    namespaced: bool


class _ApiResourceList(msgspec.Struct, frozen=True):
    resources: list[_ApiResource] = []


class Resources:
    """The kinds that a server has.

    Args:
        transport: asks the server.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._discovered: dict[str, dict[str, Resource]] = {}

    def find(self, request: Request) -> Resource:
        """The resource of a request's kind.

        Raises:
            RequestRejected: the server has no such kind.
        """
        resource = built_in(request.api_version, request.kind) or self._group(request).get(request.kind)
        if resource is None:
            # The kind may be newer than what we know: its CRD may be part of this very run.
            raise self._forgotten(request)
        return resource

    def _forgotten(self, request: Request) -> Exception:
        with self._lock:
            self._discovered.pop(request.api_version, None)
        return not_served(request)

    def _group(self, request: Request) -> dict[str, Resource]:
        with self._lock:
            if request.api_version not in self._discovered:
                answer = self._transport.ask("GET", group_version_path(request.api_version))
                self._discovered[request.api_version] = _resources(answer, request)
            return self._discovered[request.api_version]


def _resources(answer: Answer, request: Request) -> dict[str, Resource]:
    if answer.status == NOT_FOUND:
        return {}
    if not answer.ok:
        raise error_of(answer, request)
    listed = decode_json(answer.body, _ApiResourceList).resources
    # `deployments/status` is a subresource of the same kind.
    return {entry.kind: Resource(entry.name, entry.namespaced) for entry in listed if "/" not in entry.name}
