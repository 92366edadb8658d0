"""A cluster in memory, with the contract of the real one (`tests/contract/test_cluster_contract.py`)."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from cdkit.clients.kube.errors import Request
from cdkit.clients.kube.paths import group_of
from cdkit.errors import RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import LogLine
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery, ObjectRef, Resource
from cdkit.ports.cluster import FIELD_MANAGER, LONGEST_WATCH, PatchKind
from cdkit.testing.fake_api_server import DEFAULT_NAMESPACE, SERVER, key_of, refusal, status_of
from cdkit.testing.fake_execution import ExecutedCommand, FakeExecution
from cdkit.testing.field_sets import fields_of
from cdkit.testing.object_store import change_of
from cdkit.testing.ownership import apply, conflicts, own
from cdkit.testing.patches import PatchFailed, json_patch, merge_patch, strategic_patch
from cdkit.testing.prepared_cluster import PreparedCluster
from cdkit.testing.selectors import matches

Reaction = Callable[["FakeCluster", Manifest], None]
"""Does what a controller or a kubelet would do when an object came or changed."""

_PATCHES: dict[PatchKind, Callable[[Any, Any], Any]] = {
    "json": json_patch,
    "merge": merge_patch,
    "strategic": strategic_patch,
}


class FakeCluster(PreparedCluster):
    """A cluster in memory. No controller runs in it: what should happen by itself, a test says with `react`.

    May be used by many threads.

    Args:
        namespaces: the namespaces that exist; `default` always does.
    """

    def __init__(self, *namespaces: str) -> None:
        super().__init__(*namespaces)
        self._suffixes = itertools.count(1)
        self._reactions: list[tuple[str, Reaction]] = []

    def react(self, kind: str, reaction: Reaction) -> None:
        """Call `reaction` after each request that made or changed an object of a kind."""
        self._reactions.append((kind, reaction))

    # What steps ask

    @property
    def default_namespace(self) -> str:
        """Always `default`."""
        return DEFAULT_NAMESPACE

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object as it is now, or None when there is none."""
        request = self._server.arrived("get", ref)
        return self._server.store.read(key_of(request))

    def list(self, query: ObjectQuery) -> tuple[list[Manifest], str]:
        """The objects of a query, and the resource version to watch on from."""
        request = self._server.arrived("list", _ref(query))
        with self._server.lock:
            found = self._server.store.find(group_of(query.api_version), query.kind, request.namespace)
            return [manifest for manifest in found if matches(query, manifest)], str(self._server.store.version)

    def watch(
        self, query: ObjectQuery, resource_version: str, cancellation: Cancellation, *, seconds: int = LONGEST_WATCH
    ) -> Iterator[ObjectChange]:
        """The changes after a resource version, until `end_watches` or a cancel."""
        cancellation.raise_if_cancelled()
        request = self._server.arrived("watch", _ref(query))
        version = int(resource_version or 0)
        if not self._server.store.remembers(version):
            yield ObjectChange("ERROR", status_of(410, "Expired", f"too old resource version: {version}"))
            return
        wanted = msgspec.structs.replace(key_of(request), name="")
        for entry in self._server.store.changes_after(version, cancellation):
            if msgspec.structs.replace(entry.key, name="") != wanted:
                continue
            matched = entry.before is not None and matches(query, entry.before)
            chosen = entry.after is not None and matches(query, entry.after)
            if change := change_of(entry, matched=matched, matches=chosen):
                yield change

    def apply(
        self, manifest: Manifest, *, dry_run: bool = False, force: bool = True, manager: str = FIELD_MANAGER
    ) -> Manifest:
        """Server-side apply: fields that the last apply had and this one has not go away.

        Raises:
            ObjectConflict: without `force`, others have set fields to something else; `fields` names them.
        """
        request = self._server.arrived("patch", ObjectRef.of(manifest), shown="apply")
        with self._server.lock:
            live = self._server.store.read(key_of(request))
            self._server.refuse_old_version(request, live, manifest)
            self._server.refuse_missing_namespace(request)
            if live is not None and not force and (causes := conflicts(live, manifest, manager)):
                raise refusal(request, 409, "Conflict", f"Apply failed with {len(causes)} conflicts", causes=causes)
            after = apply(live, manifest, manager)
            if dry_run or after == live:
                return live if live is not None and after == live else self._server.completed(request, after, live)
            written = self._server.write(request, after, live)
        self._run_reactions(written)
        return written

    def create(self, manifest: Manifest) -> Manifest:
        """Create an object; `generateName` gets a number behind it.

        Raises:
            ObjectConflict: it exists already.
        """
        manifest = copy.deepcopy(manifest)
        manifest.pop("status", None)
        metadata = manifest["metadata"]
        metadata.setdefault("name", f"{metadata.get('generateName', '')}{next(self._suffixes):05d}")
        request = self._server.arrived("create", ObjectRef.of(manifest))
        with self._server.lock:
            if self._server.store.read(key_of(request)) is not None:
                raise refusal(request, 409, "AlreadyExists", f'{request.kind} "{request.name}" already exists')
            own(manifest, FIELD_MANAGER, "Update", fields_of(manifest))
            written = self._server.write(request, manifest, None)
        self._run_reactions(written)
        return written

    def patch(self, ref: ObjectRef, patch: Any, kind: PatchKind) -> Manifest:
        """Change some fields of an object.

        Raises:
            ObjectNotFound: there is no such object.
        """
        request = self._server.arrived("patch", ref)
        with self._server.lock:
            live = self._server.store.read(key_of(request))
            if live is None:
                raise refusal(request, 404, "NotFound", f'{request.kind} "{request.name}" not found')
            try:
                after = _PATCHES[kind](live, patch)
            except PatchFailed as error:
                raise refusal(request, 422, "Invalid", str(error)) from error
            self._server.refuse_old_version(request, live, after)
            if "status" in live:
                after["status"] = live["status"]
            written = self._server.write(request, after, live)
        self._run_reactions(written)
        return written

    def delete(self, ref: ObjectRef, *, grace_seconds: int | None = None, orphan: bool = False) -> bool:
        """Delete an object and what it owns; with `orphan` that stays. False when there was none."""
        request = self._server.arrived("delete", ref)
        with self._server.lock:
            if self._server.store.read(key_of(request)) is None:
                return False
            if orphan:
                self._server.disown(key_of(request))
            self._server.remove(key_of(request))
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
        """The lines that a test wrote with `logs_of_pods`."""
        cancellation.raise_if_cancelled()
        request = self._server.arrived("get", pod, shown="log")
        self._server.refuse_log(request, container)
        if previous and not self.logs_of_pods.has_previous(pod.name, container):
            said = f'previous terminated container "{container}" in pod "{pod.name}" not found'
            raise refusal(request, 400, "BadRequest", said)
        yield from self.logs_of_pods.read(
            pod.name, container, previous=previous, tail=tail, follow=cancellation if follow else None
        )

    def log_lines(
        self, pod: ObjectRef, container: str, *, since: str = "", cancellation: Cancellation
    ) -> Iterator[Sequence[LogLine]]:
        """The lines that a test wrote with `logs_of_pods`, with their times."""
        cancellation.raise_if_cancelled()
        self._server.refuse_log(self._server.arrived("get", pod, shown="log"), container)
        for line in self.logs_of_pods.follow(pod.name, container, since=since, cancellation=cancellation):
            yield (line,)

    def execute(
        self,
        pod: ObjectRef,
        container: str,
        command: Sequence[str],
        *,
        stdin: Iterable[bytes] = (),
        cancellation: Cancellation,
    ) -> FakeExecution:
        """Play what a test told with `programs`, in a container whose status says that it runs."""
        cancellation.raise_if_cancelled()
        self._server.refuse_command(self._server.arrived("create", pod, shown="exec"), container)
        executed = ExecutedCommand(pod.name, container, tuple(command))
        self.executed.append(executed)
        return FakeExecution(executed.command, self.programs.find(command), executed.reading(stdin), cancellation)

    def allowed(self, verb: str, group: str, resource: str, namespace: str) -> bool:
        """Whether our account may do this: all but what was denied."""
        self._server.answer(f"allowed {verb} {resource}")
        return (verb, resource) not in self._server.denied

    def resource(self, api_version: str, kind: str) -> Resource | None:
        """Where the objects of a kind live, or None when there is no such kind."""
        try:
            return self._server.resource(Request(SERVER, "find", api_version, kind))
        except RequestRejected:
            return None

    def credentials_expire(self) -> float | None:
        """When our credentials end: what a test wrote to `expiry`."""
        return self.expiry

    def version(self) -> str:
        """A version that says that it is none."""
        self._server.answer("version")
        return "v0.0.0-fake"

    def _run_reactions(self, manifest: Manifest) -> None:
        for kind, reaction in self._reactions:
            if kind == manifest["kind"]:
                reaction(self, copy.deepcopy(manifest))


def _ref(query: ObjectQuery) -> ObjectRef:
    return ObjectRef(query.api_version, query.kind, "", query.namespace)
