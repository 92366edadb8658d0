"""Which steps may start: what they depend on has ended, and their matrix has room for one more."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping

from cdkit.pipeline.graph import sorter
from cdkit.pipeline.pipeline import PipelineStep


class Queue:
    """The steps of a graph, given out as they become ready.

    Args:
        steps: the steps by name; what one depends on is among them.
    """

    def __init__(self, steps: Mapping[str, PipelineStep]) -> None:
        self._steps = steps
        self._graph = sorter({name: step.depends_on for name, step in steps.items()})
        self._ready = deque(self._graph.get_ready())
        self._started: Counter[str] = Counter()
        self._parked: dict[str, deque[str]] = defaultdict(deque)

    def take(self) -> PipelineStep | None:
        """The next step that may start; None when all that are left wait for others to end."""
        while self._ready:
            step = self._steps[self._ready.popleft()]
            if step.group and self._started[step.group] >= step.spec.max_parallel:
                self._parked[step.group].append(step.name)
                continue
            self._started[step.group] += 1
            return step
        return None

    def end(self, step: PipelineStep) -> None:
        """A step that was taken has ended; those that waited for it become ready."""
        self._started[step.group] -= 1
        if self._parked[step.group]:
            self._ready.appendleft(self._parked[step.group].popleft())
        self._graph.done(step.name)
        self._ready.extend(self._graph.get_ready())
