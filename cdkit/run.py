"""What steps need of the run that they are part of."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cdkit.findings import Findings
from cdkit.flow.clock import Clock
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.event import Event
from cdkit.ports.extensions import Extensions
from cdkit.ports.world import World


class Run(Protocol):
    """What a step's context needs of the run around it; the engine and the test kit each have one."""

    @property
    def id(self) -> str:
        """The run's id, unique and sortable by time."""
        ...

    @property
    def application(self) -> str:
        """What the pipeline delivers: its name."""
        ...

    @property
    def build(self) -> Build:
        """Who runs us, and for which commit."""
        ...

    @property
    def environment(self) -> Environment:
        """Where the run deploys to."""
        ...

    @property
    def workspace(self) -> Path:
        """The folder of the pipeline file; relative paths in options start here."""
        ...

    @property
    def artifacts(self) -> Path:
        """The folder for files that this run leaves behind."""
        ...

    @property
    def state(self) -> Path:
        """The folder for what has to be remembered of the project from run to run."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def world(self) -> World:
        """The clients."""
        ...

    @property
    def extensions(self) -> Extensions:
        """What the run's plugins bring beside steps."""
        ...

    @property
    def findings(self) -> Findings:
        """What its steps have found out, for as long as it holds."""
        ...

    def emit(self, *events: Event) -> None:
        """Make events known: redact them, write them down, show them."""
        ...

    def hide(self, *secrets: str) -> None:
        """Mask values from now on, wherever they would be shown."""
        ...

    def redacted(self, text: str) -> str:
        """The text with the run's secrets masked, for what is written where others can read it and is no event."""
        ...

    def holds_secret(self, text: str) -> bool:
        """Whether one of the run's secrets stands in a text, in any form that would be masked."""
        ...
