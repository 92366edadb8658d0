"""What a step can have watched in a cluster until it is clear how that ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdkit.diagnosis.companion import Companions
    from cdkit.diagnosis.judge import Decision
    from cdkit.diagnosis.verdict import Cause, NeverRan
    from cdkit.flow.cancellation import Cancellation
    from cdkit.models.kube import Manifest, ObjectRef
    from cdkit.observe.follow import Terms
    from cdkit.ports.cluster import Cluster, Watchable
    from cdkit.run import Run


class Following(ABC):
    """The part of a step's context that follows objects; most steps have none, and import nothing for it.

    Attributes:
        run: the run around the step.
        cancellation: asks the step to stop, and ends the watching.
    """

    run: Run
    cancellation: Cancellation

    @property
    @abstractmethod
    def cluster(self) -> Cluster:
        """The cluster of the run's environment."""

    @abstractmethod
    def waiting(self, what: str) -> None:
        """Say what the step waits for from now on."""

    @abstractmethod
    def progress(self, item: str, current: int, total: int, unit: str = "") -> None:
        """Say how far an item has come."""

    def follow(self, ref: ObjectRef, seconds: float) -> Decision:
        """Watch an object of any kind until it is ready, never can be, or `seconds` have passed; says how it goes."""
        return self.follow_all((ref,), seconds)[ref]

    def follow_all(self, refs: Iterable[ObjectRef], seconds: float) -> Mapping[ObjectRef, Decision]:
        """Watch objects of any kind until all are ready, one never can be, or `seconds` have passed; says how it goes.

        They share their watches, one a kind and namespace: it costs no more to follow 30 workloads than one. An object
        that is not there has failed.
        """
        from cdkit.observe.at_once import READY, is_ready_at_once

        decisions = dict.fromkeys(refs, READY)
        if all(map(is_ready_at_once, decisions)):
            return decisions
        from cdkit.observe.objects import follow_objects

        return follow_objects(
            self.cluster,
            decisions,
            self._terms(),
            on_progress=lambda ref, progress: self.progress(str(ref), progress.done, progress.total, "replicas"),
            seconds=seconds,
        )

    def watched_kinds(self, refs: Iterable[ObjectRef]) -> list[tuple[str, str]]:
        """The API version and kind of all that `follow_all` watches for some objects; it takes the right to do so."""
        from cdkit.observe.at_once import is_ready_at_once

        followed = [ref for ref in refs if not is_ready_at_once(ref)]
        if not followed:
            return []
        from cdkit.observe.watches import watches

        return sorted({(query.api_version, query.kind) for query in watches(followed, {}).values()})

    def follow_removal(self, refs: Iterable[ObjectRef], seconds: float) -> Mapping[ObjectRef, Decision]:
        """Watch objects that were deleted until the last has gone, one is held, or `seconds` have passed."""
        from cdkit.observe.objects import follow_removal

        return follow_removal(self.cluster, refs, self._terms(), seconds=seconds)

    def follow_generation(self, ref: ObjectRef, seconds: float) -> Decision:
        """Watch a workload until its controller has looked at it as it is now, or `seconds` have passed."""
        from cdkit.observe.objects import follow_generation

        return follow_generation(self.cluster, ref, self._terms(), seconds=seconds)

    def follow_pod(
        self,
        ref: ObjectRef,
        container: str,
        on_look: Callable[[Manifest], None],
        *,
        source: Watchable | None = None,
        companions: Companions | None = None,
        cancellation: Cancellation | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> Decision:
        """Watch a pod that runs once until it has ended or cannot run; says what it waits for.

        Args:
            ref: the pod.
            container: its main container.
            on_look: gets the pod at every look.
            source: what speaks as the API server of the pod; the environment's cluster when left out.
            companions: containers beside the main one that may not end as they like.
            cancellation: ends the watching; that of the step when left out.
            tell: hears how the pod fares; it is said that this is waited for when left out.
        """
        from cdkit.diagnosis.companion import ALONE
        from cdkit.observe.pods import follow_pod

        terms = self._terms(cancellation, tell)
        return follow_pod(
            source or self.cluster, ref, container, terms, on_look=on_look, companions=companions or ALONE
        )

    def with_log(self, namespace: str, cause: Cause) -> Cause:
        """A cause, with the last lines of the container that failed as further evidence."""
        from cdkit.observe.evidence import with_log

        return with_log(self.cluster, namespace, cause, self.cancellation)

    def never_ran(self, lines: Sequence[str]) -> NeverRan | None:
        """Why the runtime could not execute the program whose log ends with these lines; None when it does not say so.

        Some runtimes start a program that they cannot execute, and let it fail: only its log tells.
        """
        from cdkit.diagnosis.log import never_ran

        return never_ran(lines)

    def _terms(self, cancellation: Cancellation | None = None, tell: Callable[[str], None] | None = None) -> Terms:
        from cdkit.observe.follow import Terms

        patience = self.run.environment.patience
        return Terms(cancellation or self.cancellation, self.run.clock, tell or self.waiting, patience)
