"""A run that leaves a record, opened and ready to be conducted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from cdkit.cli.display import Display, Stage, stage
from cdkit.cli.native import Native
from cdkit.cli.wiring import new_run_id, open_session
from cdkit.engine.history import prune
from cdkit.engine.journal import JOURNAL, run_folder
from cdkit.engine.session import Session
from cdkit.engine.stream import Reporter
from cdkit.pipeline.pipeline import Pipeline
from cdkit.report.native.dialect import Dialect

Show = Callable[[Display, str, Dialect | None], Stage]
"""Makes the stage of a run: how it is shown, the path of its record, the commands of the build server."""


class RecordedRun(NamedTuple):
    """A run, and where it is shown."""

    session: Session
    stage: Stage


def open_run(
    pipeline: Pipeline, display: Display, native: Native, *listeners: Reporter, show: Show = stage
) -> RecordedRun:
    """Make room for the record of a new run, and open it.

    Args:
        pipeline: what to run.
        display: how to show it.
        native: the way of the build server.
        listeners: who hears of its events beside those who show them.
        show: makes the place where it is shown.
    """
    prune(pipeline.workspace, time.time())
    run_id = new_run_id()
    journal = run_folder(pipeline.workspace, run_id) / JOURNAL
    shown = show(display, str(journal), native.dialect)
    reporters = [shown.reporter, *listeners, *native.reporters()]
    session = open_session(pipeline, run_id, record=True, reporters=reporters)
    native.hide(session.secrets.values.values(), sys.stdout)
    return RecordedRun(session, shown)
