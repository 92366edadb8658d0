"""Where requests about objects go: the server's own path of each, with the namespace that its kind asks for."""

from __future__ import annotations

import msgspec

from cdkit.clients.kube import paths
from cdkit.clients.kube.discovery import Resources
from cdkit.clients.kube.errors import Request
from cdkit.clients.kube.transport import Transport
from cdkit.models.kube import ObjectQuery, ObjectRef, Resource


class Addresses:
    """The paths of one API server.

    Args:
        transport: asks the server for kinds that not every cluster has.
    """

    def __init__(self, transport: Transport) -> None:
        self._server = transport.server
        self._resources = Resources(transport)

    def request(self, verb: str, ref: ObjectRef) -> Request:
        """What is asked about an object; `verb` is for messages.

        Raises:
            RequestRejected: the server has no such kind. So do all of these.
        """
        return self._placed(Request(str(self._server), verb, ref.api_version, ref.kind, ref.name, ref.namespace))

    def query(self, verb: str, query: ObjectQuery) -> Request:
        """What is asked about the objects of a query."""
        return self._placed(Request(str(self._server), verb, query.api_version, query.kind, "", query.namespace))

    def resource(self, api_version: str, kind: str) -> Resource:
        """Where the objects of a kind live."""
        return self._resources.find(Request(str(self._server), "find", api_version, kind))

    def collection(self, request: Request) -> str:
        """Where the objects of a request's kind are listed and created."""
        return paths.collection_path(request.api_version, self._resources.find(request), request.namespace)

    def object(self, request: Request) -> str:
        """Where the object of a request is read and changed."""
        resource = self._resources.find(request)
        return paths.object_path(request.api_version, resource, request.namespace, request.name)

    def _placed(self, request: Request) -> Request:
        namespaced = self._resources.find(request).namespaced
        namespace = (request.namespace or self._server.namespace) if namespaced else ""
        return msgspec.structs.replace(request, namespace=namespace)
