"""A run that leaves a record, opened and ready to be conducted."""

from __future__ import annotations

import sys
import time
from typing import NamedTuple

from cdkit.cli.display import Display, Stage, stage
from cdkit.cli.native import Native
from cdkit.cli.wiring import new_run_id, open_session
from cdkit.engine.history import prune
from cdkit.engine.journal import JOURNAL, run_folder
from cdkit.engine.session import Session
from cdkit.pipeline.pipeline import Pipeline


class RecordedRun(NamedTuple):
    """A run, and where it is shown."""

    session: Session
    stage: Stage


def open_run(pipeline: Pipeline, display: Display, native: Native) -> RecordedRun:
    """Make room for the record of a new run, and open it.

    Args:
        pipeline: what to run.
        display: how to show it.
        native: the way of the build server.
    """
    prune(pipeline.workspace, time.time())
    run_id = new_run_id()
    journal = run_folder(pipeline.workspace, run_id) / JOURNAL
    shown = stage(display, str(journal), native.dialect)
    session = open_session(pipeline, run_id, record=True, reporters=[shown.reporter, *native.reporters()])
    native.hide(session.secrets.values.values(), sys.stdout)
    return RecordedRun(session, shown)
