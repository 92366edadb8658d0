"""One run from its announcement to its exit code; what happens is told by the session's events."""

from __future__ import annotations

from contextlib import closing

from cdkit import __version__
from cdkit.cli.continuation import Continuation
from cdkit.cli.display import Stage
from cdkit.cli.signals import interruptions
from cdkit.engine.execute import execute
from cdkit.engine.lookahead import check
from cdkit.engine.messages import Messages
from cdkit.engine.perform import failure_of
from cdkit.engine.selection import Selection
from cdkit.engine.session import Session
from cdkit.errors import CdkitError
from cdkit.flow.clock import Inbox, measured
from cdkit.models.event import ChecksPassed, RunFinished, RunStarted


def conduct(session: Session, jobs: int, stage: Stage, continuation: Continuation | None = None) -> int:
    """Announce a run, check all its steps, and execute them, while signals can stop it; gives the exit code.

    Args:
        session: the run; the stage's reporter is one of its own.
        jobs: how many steps may run at once.
        stage: where it is shown.
        continuation: which steps were chosen, and which run is continued; a whole new run when left out.
    """
    inbox: Messages = Inbox()
    with closing(stage), interruptions(inbox, say=stage.say, leave=stage.leave):
        return conduct_within(session, inbox, jobs, continuation or Continuation())


def conduct_within(session: Session, inbox: Messages, jobs: int, continuation: Continuation) -> int:
    """The same, for who sees to the signals and to the stage.

    Args:
        session: the run.
        inbox: where it is interrupted.
        jobs: how many steps may run at once.
        continuation: which steps were chosen, and which run is continued.
    """
    pipeline = session.pipeline
    session.emit(
        RunStarted(
            run_id=session.id,
            pipeline=pipeline.name,
            version=__version__,
            steps=tuple(pipeline.steps),
            environment=pipeline.environment.name,
        )
    )
    seconds = measured(session.clock)
    code = _checked(session, inbox, continuation.selection)
    if code:
        return code
    session.emit(ChecksPassed(seconds=seconds()))
    memory = continuation.memory(session.workspace)
    return execute(session, inbox, jobs=jobs, selection=continuation.selection, memory=memory).exit_code


def conduct_check(session: Session, stage: Stage) -> int:
    """Check all steps and run none; gives 0, or the exit code of what was found."""
    inbox: Messages = Inbox()
    with closing(stage), interruptions(inbox, say=stage.say, leave=stage.leave):
        return _checked(session, inbox, Selection())


def _checked(session: Session, inbox: Messages, selection: Selection) -> int:
    """What is found is an event: only events pass the redactor."""
    seconds = measured(session.clock)
    try:
        check(session, inbox, selection)
    except CdkitError as error:
        session.emit(RunFinished(exit_code=error.code, seconds=seconds(), failure=failure_of(error)))
        return error.code
    return 0
