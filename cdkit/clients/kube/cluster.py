"""The cluster client: the port's questions and orders as HTTP requests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from cdkit.clients.kube import paths
from cdkit.clients.kube.config import connect
from cdkit.clients.kube.discovery import Resources
from cdkit.clients.kube.errors import NOT_FOUND, Answer, Request, decoded, error_of, says_no_such_object
from cdkit.clients.kube.retry import Sleep
from cdkit.clients.kube.rights import Action, Rights
from cdkit.clients.kube.streams import pieces
from cdkit.clients.kube.transport import APPLY, READ_SECONDS, WATCH_MARGIN_SECONDS, Transport, spread, unreachable
from cdkit.clients.lines import LineSplitter, text_of
from cdkit.errors import ClusterUnreachable, RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery, ObjectRef, Resource
from cdkit.ports.cluster import FIELD_MANAGER, LONGEST_WATCH, PatchKind

LARGEST_OBJECT = 1 << 26
"""Bytes. The server itself stores no object of more than a few megabytes; this only bounds a line of a watch."""

GONE = 410

_PATCH_TYPES: dict[PatchKind, str] = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}


class KubernetesCluster:
    """One Kubernetes cluster, as `cdkit.ports.cluster.Cluster` describes it. May be shared by threads.

    Args:
        transport: sends the requests.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._resources = Resources(transport)
        self._rights = Rights(transport)

    @classmethod
    def connect(cls, context: str, *, kubeconfig: str | None = None, sleep: Sleep = time.sleep) -> KubernetesCluster:
        """Read the configuration of a context; the server is not asked anything yet.

        Args:
            context: the kube context; the empty string is the current one, or the cluster of the pod we run in.
            kubeconfig: kubeconfig files, separated as in KUBECONFIG; None takes KUBECONFIG, then `~/.kube/config`.
            sleep: waits between attempts.

        Raises:
            ClusterUnreachable: no cluster is configured, the context is unknown, or its credentials cannot be had.
        """
        return cls(Transport(connect(context, kubeconfig), sleep))

    @property
    def default_namespace(self) -> str:
        """The namespace of the kube context, else `default`."""
        return self._transport.server.namespace

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object as it is now, or None when the server says that there is none."""
        request = self._request("read", ref)
        answer = self._transport.ask("GET", self._object_path(request))
        return None if says_no_such_object(answer) else self._result(answer, request)

    def list(self, query: ObjectQuery) -> tuple[list[Manifest], str]:
        """The objects of a query, and the resource version to watch on from."""
        request = self._query_request("list", query)
        path = paths.with_query(
            self._collection_path(request), labelSelector=query.label_selector, fieldSelector=query.field_selector
        )
        found = self._result(self._transport.ask("GET", path), request)
        # The server leaves these two out of the items of a list of its own kinds.
        kind = {"apiVersion": query.api_version, "kind": query.kind}
        return [kind | item for item in found["items"] or ()], found["metadata"]["resourceVersion"]

    def watch(
        self, query: ObjectQuery, resource_version: str, cancellation: Cancellation, *, seconds: int = LONGEST_WATCH
    ) -> Iterator[ObjectChange]:
        """The changes after a resource version, until the server ends the watch or a cancel comes.

        A resource version that the server no longer has is an `ERROR` change with the server's Status (code 410).
        """
        request = self._query_request("watch", query)
        seconds = spread(seconds)
        path = paths.with_query(
            self._collection_path(request),
            watch=1,
            resourceVersion=resource_version,
            allowWatchBookmarks=True,
            timeoutSeconds=seconds,
            labelSelector=query.label_selector,
            fieldSelector=query.field_selector,
        )
        splitter = LineSplitter(LARGEST_OBJECT)
        try:
            for piece in self._opened(path, seconds + WATCH_MARGIN_SECONDS, request, cancellation):
                yield from (decoded(line, request.server, ObjectChange) for line in splitter.feed(piece))
        except _Expired as expired:
            yield ObjectChange("ERROR", expired.status)

    def apply(
        self, manifest: Manifest, *, dry_run: bool = False, force: bool = True, manager: str = FIELD_MANAGER
    ) -> Manifest:
        """Server-side apply; gives the object back.

        https://kubernetes.io/docs/reference/using-api/server-side-apply/

        Args:
            manifest: what the object is to be.
            dry_run: change nothing, and give the object as it would be.
            force: take fields over that other managers have set to something else.
            manager: as which field manager.

        Raises:
            ObjectConflict: without `force`, others have set fields to something else; `fields` names them.
        """
        request = self._request("apply", ObjectRef.of(manifest))
        path = paths.with_query(
            self._object_path(request), fieldManager=manager, force=force, dryRun="All" if dry_run else None
        )
        return self._result(self._transport.ask("PATCH", path, manifest, content_type=APPLY), request)

    def create(self, manifest: Manifest) -> Manifest:
        """Create an object; with `generateName` the server completes its name.

        Raises:
            ObjectConflict: it exists already.
        """
        metadata = manifest["metadata"]
        name = metadata.get("name") or f"{metadata.get('generateName', '')}*"
        ref = ObjectRef(manifest["apiVersion"], manifest["kind"], name, metadata.get("namespace", ""))
        request = self._request("create", ref)
        path = paths.with_query(self._collection_path(request), fieldManager=FIELD_MANAGER)
        return self._result(self._transport.ask_once("POST", path, manifest), request)

    def patch(self, ref: ObjectRef, patch: Any, kind: PatchKind) -> Manifest:
        """Change some fields of an object.

        Raises:
            ObjectNotFound: there is no such object.
        """
        request = self._request("patch", ref)
        path = paths.with_query(self._object_path(request), fieldManager=FIELD_MANAGER)
        answer = self._transport.ask_once("PATCH", path, patch, content_type=_PATCH_TYPES[kind])
        return self._result(answer, request)

    def delete(self, ref: ObjectRef, *, grace_seconds: int | None = None, orphan: bool = False) -> bool:
        """Delete an object and, in the background, what it owns; with `orphan` that stays. False when there was none.

        https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
        """
        request = self._request("delete", ref)
        policy = "Orphan" if orphan else "Background"
        path = paths.with_query(self._object_path(request), propagationPolicy=policy, gracePeriodSeconds=grace_seconds)
        answer = self._transport.ask("DELETE", path)
        if says_no_such_object(answer):
            return False
        self._result(answer, request)
        return True

    def logs(
        self,
        pod: ObjectRef,
        container: str,
        *,
        cancellation: Cancellation,
        follow: bool = False,
        previous: bool = False,
        tail: int | None = None,
    ) -> Iterator[str]:
        """The lines of a container's log, without their line breaks; a line over 1 MiB is cut."""
        request = self._request("read the log of", pod)
        path = paths.with_query(
            f"{self._object_path(request)}/log",
            container=container,
            follow=follow or None,
            previous=previous or None,
            tailLines=tail,
        )
        splitter = LineSplitter()
        # A program that prints nothing for hours is no fault; a dead connection is noticed by TCP's keepalive.
        for piece in self._opened(path, None if follow else READ_SECONDS, request, cancellation):
            yield from map(text_of, splitter.feed(piece))
        rest = splitter.rest()
        if rest is not None:
            yield text_of(rest)

    def allowed(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """Whether our account may do this; `resource` in the plural, with `/subresource` where there is one."""
        plural, _, subresource = resource.partition("/")
        return self._rights.allow(Action(verb, group, plural, subresource, namespace))

    def resource(self, api_version: str, kind: str) -> Resource | None:
        """Where the objects of a kind live, or None when the server has no such kind."""
        try:
            return self._resources.find(Request(str(self._transport.server), "find", api_version, kind))
        except RequestRejected:
            return None

    def credentials_expire(self) -> float | None:
        """When our credentials end, in seconds since the epoch; None when they last, are renewed, or do not tell."""
        return self._transport.server.credentials_expire()

    def version(self) -> str:
        """The server's version, `v1.20.2`; a cheap way to see that it answers and knows us."""
        request = Request(str(self._transport.server), "read", "v1", "the server's version")
        answer = self._transport.ask("GET", "/version")
        if answer.status == NOT_FOUND:
            raise ClusterUnreachable(f"{request.server} is no Kubernetes API server: it has no version (404).")
        return str(self._result(answer, request)["gitVersion"])

    def _opened(
        self, path: str, read_seconds: float | None, request: Request, cancellation: Cancellation
    ) -> Iterator[bytes]:
        from urllib3.exceptions import HTTPError

        cancellation.raise_if_cancelled()
        response = self._transport.open(path, read_seconds)
        try:
            if response.status == GONE:
                raise _Expired(msgspec.json.decode(response.data))
            answer = Answer(response.status)
            if not answer.ok:
                raise error_of(Answer(response.status, response.data), request)
            yield from pieces(response, cancellation)
        except HTTPError as error:
            raise unreachable(self._transport.server, error) from error

    def _request(self, verb: str, ref: ObjectRef) -> Request:
        return self._placed(
            Request(str(self._transport.server), verb, ref.api_version, ref.kind, ref.name, ref.namespace)
        )

    def _query_request(self, verb: str, query: ObjectQuery) -> Request:
        return self._placed(
            Request(str(self._transport.server), verb, query.api_version, query.kind, "", query.namespace)
        )

    def _placed(self, request: Request) -> Request:
        """The request with the namespace that its kind asks for: the default one when none is named, or none."""
        namespaced = self._resources.find(request).namespaced
        namespace = (request.namespace or self.default_namespace) if namespaced else ""
        return msgspec.structs.replace(request, namespace=namespace)

    def _collection_path(self, request: Request) -> str:
        return paths.collection_path(request.api_version, self._resources.find(request), request.namespace)

    def _object_path(self, request: Request) -> str:
        resource = self._resources.find(request)
        return paths.object_path(request.api_version, resource, request.namespace, request.name)

    def _result(self, answer: Answer, request: Request) -> Manifest:
        if not answer.ok:
            raise error_of(answer, request)
        return decoded(answer.body, request.server, Manifest)


class _Expired(Exception):
    """The server no longer has the resource version that a watch was to start from."""

    def __init__(self, status: Manifest) -> None:
        super().__init__()
        self.status = status
