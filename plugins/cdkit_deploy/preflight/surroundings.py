"""What is around the objects that shall be deployed: each other, and what the cluster has. Each thing is asked once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cdkit.api import Cluster, Manifest, ObjectQuery, ObjectRef, Registry
from cdkit_deploy.preflight.pods import PodTemplate, pod_templates

CORE = "v1"


class Surroundings:
    """The objects that shall be deployed, and read-only questions about their neighbours. May be used by many threads.

    Args:
        cluster: the API server.
        registry: gives the registries that images come from; called when there is an image.
        namespace: where the deployment goes.
        wanted: the objects that shall be there, each with its namespace where its kind has one.
        live: objects as the cluster has them, None where it has none; those that are not named are asked for.
    """

    def __init__(
        self,
        cluster: Cluster,
        registry: Callable[[], Registry],
        namespace: str,
        wanted: Sequence[Manifest],
        live: Mapping[ObjectRef, Manifest | None] = MappingProxyType({}),
    ) -> None:
        self.cluster = cluster
        self._registry = registry
        self.namespace = namespace
        self.wanted = tuple(wanted)
        self._answers = _Once(live)

    @property
    def templates(self) -> list[PodTemplate]:
        """The pods that the wanted objects make; a DaemonSet counts for one node here."""
        return list(pod_templates(self.wanted))

    def wanted_object(self, kind: str, name: str) -> Manifest | None:
        """An object of the deployment itself, or None."""
        named = (item for item in self.wanted if item["kind"] == kind and item["metadata"]["name"] == name)
        return next(named, None)

    def live(self, ref: ObjectRef) -> Manifest | None:
        """An object as the cluster has it, or None."""
        found: Manifest | None = self._answers.of(ref, lambda: self.cluster.get(ref))
        return found

    def find(self, kind: str, name: str, api_version: str = CORE) -> Manifest | None:
        """An object as it will be: of the deployment itself, else of the cluster."""
        return self.wanted_object(kind, name) or self.live(ObjectRef(api_version, kind, name, self.namespace))

    def listed(self, kind: str, api_version: str = CORE) -> list[Manifest]:
        """All objects of a kind in the namespace, or in the cluster where the kind has none."""
        query = ObjectQuery(api_version, kind, self.namespace)
        found: list[Manifest] = self._answers.of(query, lambda: self.cluster.list(query)[0])
        return found

    def nodes(self) -> list[Manifest]:
        """The machines of the cluster."""
        return self.listed("Node")

    def after(self, manifest: Manifest) -> Manifest:
        """What an object would be after it was applied, by a dry run of the server.

        Raises:
            WorldFailed: the server refuses it.
        """
        key = ("apply", ObjectRef.of(manifest))
        applied: Manifest = self._answers.of(key, lambda: self.cluster.apply(manifest, dry_run=True))
        return applied

    def platforms(self, image: str) -> tuple[str, ...] | None:
        """The platforms of an image; None when its registry has no such image.

        Raises:
            WorldFailed: the registry does not answer, or not to us.
        """
        found: tuple[str, ...] | None = self._answers.of(("image", image), lambda: self._registry().platforms(image))
        return found


class _Once:
    """Remembers answers, and failures too. Who asks for what is being asked for waits for the same answer."""

    def __init__(self, known: Mapping[Any, Any]) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Any, threading.Lock] = {}
        self._answers: dict[Any, Any] = dict(known)
        self._errors: dict[Any, Exception] = {}

    def of(self, question: Any, ask: Callable[[], Any]) -> Any:
        with self._lock:
            lock = self._locks.setdefault(question, threading.Lock())
        with lock:
            if question not in self._answers and question not in self._errors:
                self._ask(question, ask)
        if question in self._errors:
            raise self._errors[question]
        return self._answers[question]

    def _ask(self, question: Any, ask: Callable[[], Any]) -> None:
        try:
            self._answers[question] = ask()
        except Exception as error:  # noqa: BLE001 -- raised again to each who asks
            self._errors[question] = error
