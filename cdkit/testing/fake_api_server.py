"""What every request to the fake cluster goes through: is the server there, does it know the kind, is it allowed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from cdkit.clients.kube.errors import Answer, Request, error_of, not_served
from cdkit.clients.kube.execution_status import not_begun
from cdkit.clients.kube.paths import built_in, group_of
from cdkit.errors import CdkitError, ClusterUnreachable
from cdkit.models.kube import FieldRefusal, Manifest, ObjectRef, Resource
from cdkit.testing.object_store import Key, ObjectStore

SERVER = "the API server of context 'fake' (memory)"
DEFAULT_NAMESPACE = "default"


class FakeApiServer:
    """Objects in memory behind the gate of an API server. May be used by many threads.

    Attributes:
        requests: every request in order.
        store: the objects.
        lock: held while an object is read and then written.
        kinds: kinds that are served beside the built-in ones, by group and kind.
        denied: verbs on resources that are forbidden.
        failures: errors for the next requests, one each.
        outage: why the server does not answer; empty while it does.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.store = ObjectStore()
        self.lock = threading.RLock()
        self.kinds: dict[tuple[str, str], Resource] = {}
        self.denied: set[tuple[str, str]] = set()
        self.failures: list[CdkitError] = []
        self.outage = ""

    def answer(self, asked: str) -> None:
        """Take note of a request; raises while the server is away, and what a test put into `failures`."""
        with self.lock:
            self.requests.append(asked)
            if self.outage:
                raise self.unreachable()
            if self.failures:
                raise self.failures.pop(0)

    def unreachable(self) -> ClusterUnreachable:
        """The error of a server that is away."""
        return ClusterUnreachable(f"No answer from {SERVER}: {self.outage}.")

    def arrived(self, verb: str, ref: ObjectRef, *, shown: str = "") -> Request:
        """A request that is let through to the objects: the server answers, knows the kind, and allows the verb."""
        self.answer(f"{shown or verb} {ref.kind} {ref.name}".rstrip())
        request = self.placed(shown or verb, ref)
        resource = self.resource(request)
        if (verb, resource.plural) in self.denied:
            said = f'{resource.plural} is forbidden: User "fake" cannot {verb} resource "{resource.plural}"'
            raise refusal(request, 403, "Forbidden", said)
        return request

    def placed(self, verb: str, ref: ObjectRef) -> Request:
        """A request with the namespace that its kind asks for: the default one when none is named, or none."""
        request = Request(SERVER, verb, ref.api_version, ref.kind, ref.name)
        if not self.resource(request).namespaced:
            return request
        return msgspec.structs.replace(request, namespace=ref.namespace or DEFAULT_NAMESPACE)

    def resource(self, request: Request) -> Resource:
        """Where the objects of a request's kind live.

        Raises:
            RequestRejected: there is no such kind.
        """
        known = self.kinds.get((group_of(request.api_version), request.kind))
        resource = known or built_in(request.api_version, request.kind)
        if resource is None:
            raise not_served(request)
        return resource

    def refuse_old_version(self, request: Request, live: Manifest | None, manifest: Manifest) -> None:
        """Raise when a manifest names another resource version than the object has."""
        asked = manifest["metadata"].get("resourceVersion")
        if live is not None and asked not in {None, live["metadata"]["resourceVersion"]}:
            raise refusal(request, 409, "Conflict", "the object has been modified; please apply your changes to it")

    def refuse_missing_namespace(self, request: Request) -> None:
        """Raise when an object is to be in a namespace that does not exist."""
        namespace = Key("", "Namespace", "", request.namespace)
        if request.namespace and self.store.read(namespace) is None:
            said = f'namespaces "{request.namespace}" not found'
            raise refusal(request, 404, "NotFound", said, name=request.namespace, kind="namespaces")

    def refuse_log(self, request: Request, container: str) -> None:
        """Raise when a request is about the log of a container that is not there."""
        if container not in _containers(self._pod(request)):
            raise refusal(request, 400, "BadRequest", _not_valid(request, container))

    def refuse_command(self, request: Request, container: str) -> None:
        """Raise when a container that is to run a command is not there, or does not run as its status says."""
        pod = self._pod(request)
        if container not in _containers(pod):
            said = status_of(400, "BadRequest", _not_valid(request, container))
            raise not_begun(Answer(400, msgspec.json.encode(said)), request, container)
        statuses = pod.get("status", {}).get("containerStatuses", ())
        if not any(item["name"] == container and "running" in item.get("state", {}) for item in statuses):
            raise not_begun(Answer(500, f'container not found ("{container}")'.encode()), request, container)

    def write(self, request: Request, manifest: Manifest, live: Manifest | None) -> Manifest:
        """Keep an object, in a namespace that exists."""
        self.refuse_missing_namespace(request)
        return self.store.write(key_of(request), self.completed(request, manifest, live))

    def completed(self, request: Request, manifest: Manifest, live: Manifest | None) -> Manifest:
        """The object with what the server itself writes into it."""
        known = live["metadata"] if live else {}
        own = {
            "uid": known.get("uid") or f"uid-{self.store.version + 1}",
            "creationTimestamp": known.get("creationTimestamp") or "2026-01-01T00:00:00Z",
            "generation": known.get("generation", 0) + (live is None or live.get("spec") != manifest.get("spec")),
        }
        place = {"namespace": request.namespace} if request.namespace else {}
        return manifest | {"metadata": manifest["metadata"] | place | own}

    def remove(self, key: Key) -> None:
        """Forget an object, and what it owns or holds."""
        with self.lock:
            gone = self.store.read(key)
            if gone is None:
                return
            self.store.remove(key)
            for other in self.store.all_keys():
                if self._goes_with(other, key, gone):
                    self.remove(other)

    def disown(self, key: Key) -> None:
        """Let what an object owns be owned by it no more."""
        owner = (self.store.read(key) or {}).get("metadata", {}).get("uid")
        for other in self.store.all_keys():
            live = self.store.read(other)
            owners = live["metadata"].get("ownerReferences", ()) if live is not None else ()
            if live is not None and any(item["uid"] == owner for item in owners):
                live["metadata"]["ownerReferences"] = [item for item in owners if item["uid"] != owner]
                self.store.write(other, live)

    def _pod(self, request: Request) -> Manifest:
        pod = self.store.read(key_of(request))
        if pod is None:
            raise refusal(request, 404, "NotFound", f'pods "{request.name}" not found')
        return pod

    def _goes_with(self, other: Key, key: Key, gone: Manifest) -> bool:
        if key.kind == "Namespace" and other.namespace == key.name:
            return True
        owned = (self.store.read(other) or gone)["metadata"].get("ownerReferences", ())
        return gone["metadata"]["uid"] in {owner["uid"] for owner in owned}


def _containers(pod: Manifest) -> set[str]:
    spec = pod["spec"]
    return {item["name"] for item in (*spec.get("containers", ()), *spec.get("initContainers", ()))}


def _not_valid(request: Request, container: str) -> str:
    return f"container {container} is not valid for pod {request.name}"


def key_of(request: Request) -> Key:
    """Which object a request is about."""
    return Key(group_of(request.api_version), request.kind, request.namespace, request.name)


def refusal(
    request: Request,
    code: int,
    reason: str,
    message: str,
    *,
    name: str = "",
    kind: str = "",
    causes: Sequence[FieldRefusal] = (),
) -> CdkitError:
    """The error that the real client makes of such an answer of the server."""
    details = {"name": name or request.name, "kind": kind or request.kind, "causes": causes}
    status = status_of(code, reason, message) | {"details": details}
    return error_of(Answer(code, msgspec.json.encode(status)), request)


def status_of(code: int, reason: str, message: str) -> Manifest:
    """A Status object."""
    return {"kind": "Status", "apiVersion": "v1", "code": code, "reason": reason, "message": message}
