"""Runs the step on a fake runtime, in a thread of its own, while the test has the clock in its hand."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from cdkit.api import Cancellation, CdkitError, StepContext
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.event import StepOutput, StepWaiting, TestsReported, Warned
from cdkit.testing import FakeWorld
from cdkit.testing.steps import RecordedRun
from cdkit_pods.conduct.before import problems
from cdkit_pods.conduct.whole import Ended, run_tests
from tests.unit.pods.conduct.fake_runtime import NAMESPACE, FakeRuntime, PatientClock
from tests.unit.pods.options.reading import read

REAL_SECONDS = 30.0
"""After which a test is called broken."""


class Stage:
    """One step on a fake runtime.

    Args:
        options: under `with:`; `image` may be left out.
        runtime: where its pods run.
        workspace: the checkout; an empty one when left out.
    """

    def __init__(self, options: str, runtime: FakeRuntime, workspace: Path | None = None) -> None:
        self._own_folder = mkdtemp()
        self.runtime = runtime
        self.clock = PatientClock()
        self.cancellation = Cancellation()
        self.ended: Ended | None = None
        self.error: CdkitError | None = None
        self._run = RecordedRun(
            world=FakeWorld(cluster=runtime.cluster),
            clock=self.clock,
            workspace=workspace or Path(self._own_folder),
            build=Build(),
            environment=Environment("", "", NAMESPACE),
        )
        self._options = read(options)
        self._surprise: BaseException | None = None

    def hide(self, secret: str) -> Stage:
        """Make a text a secret of the run."""
        self._run.hide(secret)
        return self

    def problems(self) -> list[str]:
        """What the check of the step finds."""
        context = StepContext("test", self._run, env={}, cancellation=self.cancellation)
        return [str(problem) for problem in problems(context, self._options, self.runtime)]

    def play(self, seconds: float = 0.0) -> Stage:
        """Run the step to its end; `seconds` pass each time that nothing else happens."""
        thread = threading.Thread(target=self._perform, daemon=True)
        thread.start()
        thread.join(REAL_SECONDS if not seconds else 0.2)
        for _ in range(100):
            if thread.is_alive() and seconds:
                self.clock.advance(seconds)
                thread.join(0.2)
        assert not thread.is_alive(), "the step does not end"
        if self._surprise is not None:
            raise self._surprise
        return self

    def _perform(self) -> None:
        context = StepContext("test", self._run, env={}, cancellation=self.cancellation)
        try:
            self.ended = run_tests(context, self._options, self.runtime)
        except CdkitError as error:
            self.error = error
        except BaseException as error:  # noqa: BLE001 -- raised in the thread of the test
            self._surprise = error
        finally:
            context.clean_up()
            shutil.rmtree(self._own_folder)

    @property
    def lines(self) -> list[str]:
        """What was shown."""
        return [event.line for event in self._run.events if isinstance(event, StepOutput)]

    @property
    def warnings(self) -> list[str]:
        """What was warned of."""
        return [event.message for event in self._run.events if isinstance(event, Warned)]

    @property
    def artifacts(self) -> Path:
        """The step's folder of artifacts."""
        return self._run.artifacts / "test"

    @property
    def waited_for(self) -> list[str]:
        """What it said that it waits for."""
        return [event.what for event in self._run.events if isinstance(event, StepWaiting)]

    @property
    def reports(self) -> list[TestsReported]:
        """What the tests found, as it was told."""
        return [event for event in self._run.events if isinstance(event, TestsReported)]


def played(options: str = "", acts: Mapping[str, Any] | None = None, **more: Any) -> Stage:
    """A step that was run to its end."""
    return Stage(options, FakeRuntime(acts), **more).play()
