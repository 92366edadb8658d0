"""What tests do to a cluster in memory: objects, further kinds, refusals, outages."""

from __future__ import annotations

import copy

from cdkit.clients.kube.paths import group_of
from cdkit.errors import CdkitError
from cdkit.models.kube import Manifest, ObjectRef, Resource
from cdkit.testing.fake_api_server import DEFAULT_NAMESPACE, FakeApiServer, key_of
from cdkit.testing.fake_execution import ExecutedCommand
from cdkit.testing.fake_logs import FakeLogs
from cdkit.testing.fake_programs import FakePrograms
from cdkit.testing.field_sets import fields_of
from cdkit.testing.ownership import own

TEST_MANAGER = "test"


class PreparedCluster:
    """The side of a cluster in memory on which tests prepare it; `FakeCluster` adds what steps ask of it.

    Args:
        namespaces: the namespaces that exist; `default` always does.

    Attributes:
        logs_of_pods: the logs of containers, for a test to write.
        programs: what commands do that are run in containers, for a test to tell.
        executed: the commands that were run in containers, in order.
        expiry: when the credentials end, in seconds since the epoch; None when they last.
    """

    def __init__(self, *namespaces: str) -> None:
        self.logs_of_pods = FakeLogs()
        self.programs = FakePrograms()
        self.executed: list[ExecutedCommand] = []
        self.expiry: float | None = None
        self._server = FakeApiServer()
        for name in {DEFAULT_NAMESPACE, *namespaces}:
            self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    @property
    def requests(self) -> list[str]:
        """Every request in order, as `apply Deployment web`."""
        return self._server.requests

    def put(self, manifest: Manifest) -> Manifest:
        """Make an object be exactly so, status included, as if somebody else had done it."""
        request = self._server.placed("put", ObjectRef.of(manifest))
        with self._server.lock:
            live = self._server.store.read(key_of(request))
            manifest = copy.deepcopy(manifest)
            own(manifest, TEST_MANAGER, "Update", fields_of(manifest))
            return self._server.write(request, manifest, live)

    def put_status(self, ref: ObjectRef, status: Manifest) -> None:
        """Write an object's status, as its controller would: all else, and whose it is, stays."""
        request = self._server.placed("put", ref)
        with self._server.lock:
            live = self._server.store.read(key_of(request))
            if live is not None and live.get("status") != status:
                self._server.write(request, live | {"status": status}, live)

    def remove(self, ref: ObjectRef) -> None:
        """Make an object go away, as if somebody else had deleted it."""
        self._server.remove(key_of(self._server.placed("remove", ref)))

    def serve(self, api_version: str, kind: str, plural: str, *, namespaced: bool = True) -> None:
        """Serve a further kind, as a CRD would make it."""
        self._server.kinds[group_of(api_version), kind] = Resource(plural, namespaced)

    def deny(self, verb: str, resource: str) -> None:
        """Deny our account a verb on a resource in the plural: `get`, `list`, `watch`, `create`, `patch`, `delete`."""
        self._server.denied.add((verb, resource))

    def fail_next(self, *errors: CdkitError) -> None:
        """Let the next requests fail with these errors, one each."""
        self._server.failures.extend(errors)

    def go_away(self, reason: str = "Connection refused") -> None:
        """Do not answer any more, and break the open watches and logs, until `come_back`."""
        self._server.outage = reason
        self._server.store.end_watches(self._server.unreachable())
        self.logs_of_pods.break_off(self._server.unreachable())

    def come_back(self) -> None:
        """Answer again."""
        self._server.outage = ""

    def end_watches(self) -> None:
        """End the open watches, as a server does every few minutes."""
        self._server.store.end_watches()

    def forget_history(self) -> None:
        """Let a watch from an older resource version get `410 Gone`."""
        self._server.store.forget_history()
