"""One Kubernetes cluster, as one account in it. Objects are the dictionaries that the API server speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol

from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import LogLine
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery, ObjectRef, Resource
from cdkit.ports.execution import Execution

PatchKind = Literal["merge", "strategic", "json"]

LONGEST_WATCH = 300
"""Seconds. Balancers and proxies in between cut a connection that says nothing for longer."""

FIELD_MANAGER = "cdkit"
"""The name under which the API server remembers which fields are ours."""


class Watchable(Protocol):
    """What lists objects and tells their changes: an API server, or what speaks as one.

    Both requests raise `Unavailable` when it does not answer (never 'not found'), and `AccessDenied` on 401 and 403.
    """

    def list(self, query: ObjectQuery) -> tuple[list[Manifest], str]:
        """The objects of a query, and the resource version to watch on from."""
        ...

    def watch(
        self, query: ObjectQuery, resource_version: str, cancellation: Cancellation, *, seconds: int = LONGEST_WATCH
    ) -> Iterator[ObjectChange]:
        """The changes after a resource version, until the server ends the watch or a cancel comes.

        Args:
            query: which objects.
            resource_version: the changes after this one.
            cancellation: ends it.
            seconds: for how long the server is asked, at most, to keep the watch open; it may end it before.
        """
        ...


class Cluster(Watchable, Protocol):
    """The requests that cdkit makes of an API server.

    All of them raise `ClusterUnreachable` when it does not answer (never 'not found'), `AccessDenied` on 401 and
    403, and `RequestRejected` on a request that it refuses.
    """

    @property
    def default_namespace(self) -> str:
        """The namespace of the kube context, else `default`."""
        ...

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object as it is now, or None when the server says that there is none."""
        ...

    def apply(
        self, manifest: Manifest, *, dry_run: bool = False, force: bool = True, manager: str = FIELD_MANAGER
    ) -> Manifest:
        """Server-side apply; gives the object back.

        https://kubernetes.io/docs/reference/using-api/server-side-apply/

        Args:
            manifest: what the object is to be.
            dry_run: change nothing, and give the object as it would be.
            force: take fields over that other managers have set to something else.
            manager: as which field manager; all that cdkit deploys it applies as `cdkit`.

        Raises:
            ObjectConflict: without `force`, others have set fields to something else; `fields` names them.
        """
        ...

    def create(self, manifest: Manifest) -> Manifest:
        """Create an object; with `generateName` the server completes its name.

        Raises:
            ObjectConflict: it exists already.
        """
        ...

    def patch(self, ref: ObjectRef, patch: Any, kind: PatchKind) -> Manifest:
        """Change some fields of an object.

        Raises:
            ObjectNotFound: there is no such object.
        """
        ...

    def delete(self, ref: ObjectRef, *, grace_seconds: int | None = None, orphan: bool = False) -> bool:
        """Delete an object and, in the background, what it owns; with `orphan` that stays. False when there was none.

        https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
        """
        ...

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
        """The lines of a container's log, without their line breaks.

        Args:
            pod: the pod.
            container: the container's name.
            cancellation: ends a log that is followed.
            follow: go on until the container ends.
            previous: of the instance before the last restart.
            tail: only the last so many lines.
        """
        ...

    def log_lines(
        self, pod: ObjectRef, container: str, *, since: str = "", cancellation: Cancellation
    ) -> Iterator[Sequence[LogLine]]:
        """The lines of a container's log with their times, in batches as they are there, until the container ends.

        The times are in UTC with nine digits, so that they are ordered as texts are, and never run backwards. A log
        that broke off is the very same sequence of lines when it is asked for again, from `since` on.

        Args:
            pod: the pod.
            container: the container's name.
            since: leave out what comes before the first line of this time (as of a line) or later; those of this very
                time come again.
            cancellation: ends it.

        Raises:
            ClusterUnreachable: it broke off; half a line at its end was not given.
            ObjectNotFound: there is no such pod.
            RequestRejected: there is no such container, or it has not started.
        """
        ...

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

        https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-connect-get-requests-of-pod-exec

        Only servers since 1.30 tell a program that its input has ended: let it read as many bytes as will come
        (`head -c 1024 | tar -x`). A program that is hung up on may run on.

        Raises:
            ObjectNotFound: there is no such pod or container.
            RequestRejected: it does not run, or the program cannot be started; `Execution.ended` may be the first to
                know.
            ClusterUnreachable: the server does not answer, or opens no WebSocket.
        """
        ...

    def allowed(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """Whether our account may do this; `resource` in the plural, with `/subresource` where there is one."""
        ...

    def resource(self, api_version: str, kind: str) -> Resource | None:
        """Where the objects of a kind live, or None when the server has no such kind."""
        ...

    def credentials_expire(self) -> float | None:
        """When our credentials end, in seconds since the epoch; None when they last, are renewed, or do not tell."""
        ...

    def version(self) -> str:
        """The server's version, `v1.20.2`; a cheap way to see that it answers and knows us."""
        ...
