"""One run of a pipeline, as its steps see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cdkit.engine.journal import run_folder
from cdkit.engine.leaks import leaks, written_by
from cdkit.engine.secrets import Secrets
from cdkit.engine.state import state_folder
from cdkit.engine.stream import EventStream
from cdkit.findings import Findings
from cdkit.flow.clock import Clock
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.event import BuildDetected, Event, StepWaiting
from cdkit.pipeline.expressions import Pending
from cdkit.pipeline.pipeline import Pipeline
from cdkit.ports.extensions import Extensions
from cdkit.ports.world import World
from cdkit.redact import Redactor

Shown = TypeVar("Shown")


class Session:
    """What one run works with. Implements `cdkit.run.Run`.

    Args:
        run_id: unique, and sortable by time.
        pipeline: what to run.
        clock: the time.
        world: the clients.
        stream: the way of events.
        redactor: where new secrets are made known.
        read_build: asks who runs us; called once, when somebody wants to know.
        secrets: the values that were found, and why the others have none.
        environ: the environment of commands that steps start.
    """

    def __init__(
        self,
        run_id: str,
        pipeline: Pipeline,
        *,
        clock: Clock,
        world: World,
        stream: EventStream,
        redactor: Redactor,
        read_build: Callable[[], Build],
        secrets: Secrets,
        environ: Mapping[str, str],
    ) -> None:
        self.id = run_id
        self.pipeline = pipeline
        self.clock = clock
        self.world = world
        self.secrets = secrets
        self.environ = environ
        self._stream = stream
        self._redactor = redactor
        self._read_build = read_build
        self._waits: dict[str, str] = {}
        self.findings = Findings()
        self.status = "running"
        """`running`; and from the first step under `finally` on: `succeeded`, `failed` or `cancelled`."""

    @property
    def application(self) -> str:
        """What the pipeline delivers: its name."""
        return self.pipeline.name

    @cached_property
    def build(self) -> Build:
        """Who runs us, and for which commit."""
        build = self._read_build()
        self.emit(BuildDetected(build=build))
        return build

    @property
    def extensions(self) -> Extensions:
        """What the run's plugins bring beside steps."""
        return self.pipeline.extensions

    @property
    def environment(self) -> Environment:
        """Where the run deploys to."""
        return self.pipeline.environment

    @property
    def workspace(self) -> Path:
        """The folder of the pipeline file."""
        return self.pipeline.workspace

    @property
    def artifacts(self) -> Path:
        """The folder for files that this run leaves behind."""
        return run_folder(self.workspace, self.id)

    @property
    def state(self) -> Path:
        """The folder for what has to be remembered of the project from run to run."""
        return state_folder(self.workspace)

    def emit(self, *events: Event) -> None:
        """Make events known."""
        for event in events:
            if isinstance(event, StepWaiting) and event.what:
                self._waits[event.step] = event.what
        self._stream.emit(*events)

    def flush(self) -> None:
        """Show all that was said."""
        self._stream.flush()

    def close(self) -> None:
        """End the record of the run, for a process that goes on to another one."""
        self._stream.close()

    def awaited_by(self, step: str) -> str:
        """What a step said last that it waits for; empty when it never said."""
        return self._waits.get(step, "")

    def hide(self, *secrets: str) -> None:
        """Mask values from now on."""
        self._redactor.add(*secrets)

    def holds_secret(self, text: str) -> bool:
        """Whether one of the run's secrets stands in a text."""
        return self._redactor.knows(text)

    def leaks(self, files: Iterable[Path]) -> list[Path]:
        """Where a secret of this run stands: in these files, or in what else the run has written."""
        return leaks(self._redactor, [*written_by(self.artifacts), *files])

    def redacted(self, text: str) -> str:
        """The text without secrets, for what is shown but is no event."""
        return self._redactor.text(text)

    def without_secrets(self, shown: Shown) -> Shown:
        """The same data with every secret in it masked, for what is shown but is no event."""
        masked: Shown = self._redactor.value(shown)
        return masked

    def scope(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """What names in expressions stand for.

        Args:
            outputs: the outputs of each step that ran; `Pending` for one that has not.
        """
        missing = {name: Pending(f"secret {name}") for name in self.secrets.missing}
        return self.pipeline.known_scope() | {
            "secrets": {**self.secrets.values, **missing},
            "build": _Lazy(lambda: msgspec.structs.asdict(self.build)),
            "run": {"id": self.id, "status": self.status},
            "steps": _Lazy(lambda: self.pipeline.handed_on(outputs)),
        }


class _Lazy(Mapping[str, Any]):
    """A mapping that is read once, when somebody looks into it: asking git takes longer than most runs have."""

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self._read = cache(read)

    def __getitem__(self, key: str) -> Any:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
