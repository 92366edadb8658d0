"""The cluster client: the port's questions and orders as HTTP requests."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdkit.clients.kube import paths
from cdkit.clients.kube.addresses import Addresses
from cdkit.clients.kube.config import connect
from cdkit.clients.kube.errors import NOT_FOUND, Answer, Request, decoded, error_of, says_no_such_object
from cdkit.clients.kube.retry import Sleep
from cdkit.clients.kube.rights import Action, Rights
from cdkit.clients.kube.streams import Expired, opened
from cdkit.clients.kube.timed_lines import TimedLines, asked_since
from cdkit.clients.kube.transport import APPLY, READ_SECONDS, WATCH_MARGIN_SECONDS, Transport, spread
from cdkit.clients.lines import LineSplitter, text_of
from cdkit.errors import AccessDenied, ClusterUnreachable, RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import LogLine
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery, ObjectRef, Resource
from cdkit.ports.cluster import FIELD_MANAGER, LONGEST_WATCH, PatchKind
from cdkit.ports.execution import Execution

LARGEST_OBJECT = 1 << 26
"""Bytes. The server itself stores no object of more than a few megabytes; this only bounds a line of a watch."""

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
        self._addresses = Addresses(transport)
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
        request = self._addresses.request("read", ref)
        answer = self._transport.ask("GET", self._addresses.object(request))
        return None if says_no_such_object(answer) else self._result(answer, request)

    def list(self, query: ObjectQuery) -> tuple[list[Manifest], str]:
        """The objects of a query, and the resource version to watch on from."""
        request = self._addresses.query("list", query)
        path = paths.with_query(
            self._addresses.collection(request), labelSelector=query.label_selector, fieldSelector=query.field_selector
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
        request = self._addresses.query("watch", query)
        seconds = spread(seconds)
        path = paths.with_query(
            self._addresses.collection(request),
            watch=1,
            resourceVersion=resource_version,
            allowWatchBookmarks=True,
            timeoutSeconds=seconds,
            labelSelector=query.label_selector,
            fieldSelector=query.field_selector,
        )
        splitter = LineSplitter(LARGEST_OBJECT)
        try:
            for piece in opened(self._transport, path, seconds + WATCH_MARGIN_SECONDS, request, cancellation):
                yield from (decoded(line, request.server, ObjectChange) for line in splitter.feed(piece))
        except Expired as expired:
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
        request = self._addresses.request("apply", ObjectRef.of(manifest))
        path = paths.with_query(
            self._addresses.object(request), fieldManager=manager, force=force, dryRun="All" if dry_run else None
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
        request = self._addresses.request("create", ref)
        path = paths.with_query(self._addresses.collection(request), fieldManager=FIELD_MANAGER)
        return self._result(self._transport.ask_once("POST", path, manifest), request)

    def patch(self, ref: ObjectRef, patch: Any, kind: PatchKind) -> Manifest:
        """Change some fields of an object.

        Raises:
            ObjectNotFound: there is no such object.
        """
        request = self._addresses.request("patch", ref)
        path = paths.with_query(self._addresses.object(request), fieldManager=FIELD_MANAGER)
        answer = self._transport.ask_once("PATCH", path, patch, content_type=_PATCH_TYPES[kind])
        return self._result(answer, request)

    def delete(self, ref: ObjectRef, *, grace_seconds: int | None = None, orphan: bool = False) -> bool:
        """Delete an object and, in the background, what it owns; with `orphan` that stays. False when there was none.

        https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
        """
        request = self._addresses.request("delete", ref)
        policy = "Orphan" if orphan else "Background"
        path = paths.with_query(
            self._addresses.object(request), propagationPolicy=policy, gracePeriodSeconds=grace_seconds
        )
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
        asked = {"follow": follow or None, "previous": previous or None, "tailLines": tail}
        splitter = LineSplitter()
        for piece in self._log(pod, container, asked, cancellation):
            yield from map(text_of, splitter.feed(piece))
        rest = splitter.rest()
        if rest is not None:
            yield text_of(rest)

    def log_lines(
        self, pod: ObjectRef, container: str, *, since: str = "", cancellation: Cancellation
    ) -> Iterator[Sequence[LogLine]]:
        """The lines of a container's log with their times, in batches as they are there, until the container ends.

        A line over 1 MiB is cut. What the connection broke in the middle of is no line: it comes whole when the log is
        resumed. A server answers from a whole second on; what is before `since` is left out here.
        """
        asked = {"follow": True, "timestamps": True, "sinceTime": asked_since(since)}
        lines = TimedLines(since)
        for piece in self._log(pod, container, asked, cancellation):
            if whole := lines.feed(piece):
                yield whole
        rest = lines.rest()
        if rest and not self._has_ended(pod, container):
            # An API server that loses its kubelet ends the log as if that were all of it.
            raise ClusterUnreachable(f"The log of {pod} broke off in the middle of a line.")
        if rest:
            yield rest

    def execute(
        self,
        pod: ObjectRef,
        container: str,
        command: Sequence[str],
        *,
        stdin: Iterable[bytes] = (),
        cancellation: Cancellation,
    ) -> Execution:
        """Run a command in a container that runs (`pods/exec`).

        Raises:
            ObjectNotFound: there is no such pod or container.
            RequestRejected: it does not run, or the program cannot be started; `Execution.ended` may be the first to
                know.
        """
        from cdkit.clients.kube.execution import Command, execute

        request = self._addresses.request("run a command in", pod)
        path = self._addresses.object(request)
        return execute(self._transport, path, request, Command(container, command, stdin), cancellation)

    def allowed(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """Whether our account may do this; `resource` in the plural, with `/subresource` where there is one."""
        plural, _, subresource = resource.partition("/")
        return self._rights.allow(Action(verb, group, plural, subresource, namespace))

    def resource(self, api_version: str, kind: str) -> Resource | None:
        """Where the objects of a kind live, or None when the server has no such kind."""
        try:
            return self._addresses.resource(api_version, kind)
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

    def _has_ended(self, pod: ObjectRef, container: str) -> bool:
        """Whether a container does not run any more; also when we may not know."""
        try:
            status = (self.get(pod) or {}).get("status") or {}
        except AccessDenied:
            return True
        known = (*status.get("containerStatuses", ()), *status.get("initContainerStatuses", ()))
        return not any(item["name"] == container and "running" in item.get("state", {}) for item in known)

    def _log(
        self, pod: ObjectRef, container: str, asked: Mapping[str, str | int | None], cancellation: Cancellation
    ) -> Iterator[bytes]:
        request = self._addresses.request("read the log of", pod)
        path = paths.with_query(f"{self._addresses.object(request)}/log", container=container, **asked)
        # A program that prints nothing for hours is no fault; a dead connection is noticed by TCP's keepalive.
        read_seconds = None if asked["follow"] else READ_SECONDS
        return opened(self._transport, path, read_seconds, request, cancellation)

    def _result(self, answer: Answer, request: Request) -> Manifest:
        if not answer.ok:
            raise error_of(answer, request)
        return decoded(answer.body, request.server, Manifest)
