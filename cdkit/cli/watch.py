"""`cdkit watch`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from cdkit.cli.approval import must_be_approved
from cdkit.cli.arguments import jobs_option, pipeline_options
from cdkit.cli.conduct import conduct_within
from cdkit.cli.continuation import Choice, continue_with
from cdkit.cli.display import Display, Stage, display_options
from cdkit.cli.guard import show_error
from cdkit.cli.native import Native
from cdkit.cli.recorded_run import open_run
from cdkit.cli.signals import interruptions, say_on_stderr
from cdkit.cli.streams import loss_of
from cdkit.cli.watch_options import Watching, watch_options
from cdkit.cli.wiring import load_pipeline
from cdkit.clients.file_watcher import FileWatcher
from cdkit.clients.git_ignored import ignored_by_git
from cdkit.engine.messages import Messages
from cdkit.engine.state import STATE_FOLDER
from cdkit.errors import CdkitError, Refused
from cdkit.flow.clock import Inbox, SystemClock
from cdkit.pipeline.include import repository_of
from cdkit.pipeline.pipeline import Pipeline
from cdkit.watching.desk import Desk
from cdkit.watching.rounds import run_on_changes
from cdkit.watching.sources import Sources, look_at

MOST_NAMED = 5
"""Changed files that are named for a round; of the others only how many they are."""


@click.command("watch")
@pipeline_options
@jobs_option
@watch_options
@click.option("--approve", "approved", default="", metavar="ENV", help="Agree to the runs in this environment.")
@display_options
def command(
    file: str,
    environment: str,
    assignments: Sequence[str],
    jobs: int,
    *,
    watching: Watching,
    approved: str,
    display: Display,
) -> None:
    """Run the pipeline now, and again whenever its sources change, until Ctrl-C.

    A change while it runs stops the steps that have not ended, and begins anew.
    """
    load = partial(load_pipeline, file, environment, assignments)
    pipeline = load()
    # What is wrong with the arguments no change of a file will mend.
    continue_with(pipeline, watching.rounds)
    must_be_approved(pipeline, approved)
    rounds = _Rounds(load, jobs, display, agreed=pipeline.environment.name if pipeline.needs_approval else "")
    sys.exit(_watch(repository_of(Path(file)), watching, rounds, display))


def _watch(root: Path, watching: Watching, rounds: _Rounds, display: Display) -> int:
    """Run now and after each change, and clean up at the end; gives the exit code.

    Args:
        root: the repository.
        watching: what is watched, and what is run.
        rounds: the runs.
        display: how they are shown.
    """
    watched = watching.paths or (root,)
    notices = _Notices(display, watched)
    desk = Desk(SystemClock())
    sources = Sources(
        partial(look_at, root), ignored=partial(ignored_by_git, root), round_at=desk.round_at, on_product=rounds.disown
    )
    watcher = FileWatcher(
        root,
        watched,
        tell=lambda paths: desk.tell(sources.changed(paths)),
        fail=desk.fail,
        left_out=[STATE_FOLDER],
    )
    with interruptions(desk, say=rounds.say, leave=rounds.leave):
        with watcher:
            code = run_on_changes(
                desk,
                perform=partial(rounds.perform, watching.rounds),
                on_waiting=notices.waiting,
                on_changes=notices.changes,
                at_once=watching.at_once,
            )
        return (watching.at_exit and rounds.perform(watching.end, Inbox())) or code


class _Rounds:
    """The runs, for each of which the pipeline file is read anew.

    Args:
        load: reads it.
        jobs: how many steps may run at once.
        display: how a run is shown.
        agreed: the environment for which somebody agreed to the runs; empty for none.
    """

    def __init__(self, load: Callable[[], Pipeline], jobs: int, display: Display, *, agreed: str) -> None:
        self._load = load
        self._jobs = jobs
        self._display = display
        self._agreed = agreed
        self._stage: Stage | None = None

    def perform(self, choice: Choice, inbox: Messages) -> int:
        """Run the pipeline to its end; gives its exit code. What went wrong has been told then."""
        try:
            return self._perform(choice, inbox)
        except CdkitError as error:
            show_error(error)
            return error.code
        finally:
            # The clients of a run hold connections, and refer to each other.
            gc.collect()

    def disown(self, path: str) -> None:
        """Tell of a file that the runs write."""
        self.say(f"{path} changes in every run. It begins no more of them; .gitignore is where such a file belongs.")

    def say(self, text: str) -> None:
        """Show a notice beside what is shown now."""
        (self._stage.say if self._stage else say_on_stderr)(text)

    def leave(self) -> None:
        """The last words before the process ends at once."""
        if self._stage is not None:
            self._stage.leave()

    def _perform(self, choice: Choice, inbox: Messages) -> int:
        pipeline = self._load()
        name = pipeline.environment.name
        if pipeline.needs_approval and name != self._agreed:
            message = f"The environment {name!r} needs an approval since the pipeline file was changed."
            raise Refused(message, remedy=f"Begin anew, with --approve {name}.")
        continuation = continue_with(pipeline, choice)
        native = Native.here(pipeline.workspace, self._display.output)
        session, self._stage = open_run(pipeline, self._display, native)
        try:
            with closing(session), closing(self._stage):
                code = conduct_within(session, inbox, self._jobs, continuation)
            native.search(session)
            return code
        finally:
            self._stage = None


class _Notices:
    """What is said between two runs.

    Args:
        display: how runs are shown; JSON lines stay alone on stdout.
        watched: what is watched.
    """

    def __init__(self, display: Display, watched: Sequence[Path]) -> None:
        self._out = sys.stdout if display.output == "text" else sys.stderr
        self._style = display.style(self._out)
        self._is_quiet = display.detail == "quiet"
        self._watched = ", ".join(map(str, watched))

    def waiting(self) -> None:
        """There is nothing to do."""
        self._say(f"Watching {self._watched} for changes; Ctrl-C ends it.")

    def changes(self, paths: Sequence[str]) -> None:
        """A run begins, for these changes."""
        rest = len(paths) - MOST_NAMED
        named = ", ".join(paths[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
        self._say(f"Changed: {named}")

    def _say(self, text: str) -> None:
        lost = loss_of(self._out)
        if lost is not None:
            # A run comes to its end without being seen; nobody watches what he cannot see.
            raise lost
        if not self._is_quiet:
            self._out.write(f"\n{self._style.harmless(text)}\n")
            self._out.flush()
