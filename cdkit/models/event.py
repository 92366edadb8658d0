"""Everything that happens in a run, as data. The journal holds these, one JSON object a line, tagged by `type`."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cdkit.models.build import Build
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestReport

Stream = Literal["stdout", "stderr", "log"]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The base of all events.

    Attributes:
        time: seconds since the epoch; filled in when the event is emitted.
        step: the step that speaks; empty for the run itself.
    """

    time: float = 0.0
    step: str = ""


class RunStarted(Event, frozen=True, kw_only=True, tag="run-started"):
    """A run begins. `steps` are the names of its steps, in the order of the file."""

    run_id: str
    pipeline: str
    version: str
    steps: tuple[str, ...]
    environment: str = ""


class BuildDetected(Event, frozen=True, kw_only=True, tag="build-detected"):
    """Somebody wanted to know who runs us, and for which commit; this is the answer."""

    build: Build


class ChecksPassed(Event, frozen=True, kw_only=True, tag="checks-passed"):
    """The checks of all steps found nothing that would make the run fail; they took so many `seconds`."""

    seconds: float


class StepStarted(Event, frozen=True, kw_only=True, tag="step-started"):
    """A step begins; `uses` is the kind of step, `inputs` the fingerprint of all that it was told."""

    uses: str
    inputs: str = ""


class OptionsResolved(Event, frozen=True, kw_only=True, tag="options-resolved"):
    """The options of a step are known: what stands under `with:`, with every expression replaced.

    An option that reads a secret is `***`, whatever became of the secret in it.
    """

    options: dict[str, Any]


class StepOutput(Event, frozen=True, kw_only=True, tag="step-output"):
    """One whole line that a step, or what it runs, printed; without the line break."""

    line: str
    stream: Stream = "stdout"


class StepProgress(Event, frozen=True, kw_only=True, tag="step-progress"):
    """How far one item of a step has come; `total` is 0 when it is not known."""

    item: str
    current: int
    total: int
    unit: str = ""


class StepWaiting(Event, frozen=True, kw_only=True, tag="step-waiting"):
    """What a step waits for now. `seconds` is how long it has waited, when this is a repeated sign of life."""

    what: str
    seconds: float = 0.0


class StepRetried(Event, frozen=True, kw_only=True, tag="step-retried"):
    """An attempt failed and another follows after `delay` seconds."""

    attempt: int
    attempts: int
    delay: float
    reason: str


class TestsReported(Event, frozen=True, kw_only=True, tag="tests-reported"):
    """The tests of a step have ended, and this is what they found."""

    __test__ = False

    report: TestReport


class StepFinished(Event, frozen=True, kw_only=True, tag="step-finished"):
    """A step ended."""

    result: StepResult


class Warned(Event, frozen=True, kw_only=True, tag="warned"):
    """Something that did not end the run, and that a person should know."""

    message: str


class RunFinished(Event, frozen=True, kw_only=True, tag="run-finished"):
    """The run ended; nothing follows. `failure` is there when it ended before, or beside, its steps."""

    exit_code: int
    seconds: float
    failure: Failure | None = None


AnyEvent = (
    RunStarted
    | BuildDetected
    | ChecksPassed
    | StepStarted
    | OptionsResolved
    | StepOutput
    | StepProgress
    | StepWaiting
    | StepRetried
    | TestsReported
    | StepFinished
    | Warned
    | RunFinished
)
