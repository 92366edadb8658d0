"""A run that goes on where another was left, and the records that this needs."""

from __future__ import annotations

import os
from pathlib import Path

from cdkit.engine.execute import execute
from cdkit.engine.history import MOST_RUNS, OLDEST_DAYS, latest_run, prune, read_run, run_folders
from cdkit.engine.journal import JOURNAL, Journal, run_folder
from cdkit.engine.resume import Memory, read_key
from cdkit.errors import WorkFailed
from cdkit.models.duration import Duration
from cdkit.models.event import RunStarted
from cdkit.models.result import RunResult
from cdkit.step import StepContext
from tests.unit.engine.runs import Act, a_run, acting

STEPS = "  a: {uses: act, with: {text: one}}\n  b: {uses: act, with: {text: '${{ steps.a.text }}!'}}\n"
KEY = b"key"


class JournalReporter:
    """Writes a run down where a later one finds it."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self.journal = Journal(run_folder(folder, run_id))
        self.journal.write(RunStarted(run_id=run_id, pipeline="x", version="1", steps=("a", "b")))

    def report(self, event: object) -> None:
        self.journal.write(event)  # type: ignore[arg-type]

    def flush(self) -> None:
        pass


def recorded_run(folder: Path, steps: str = STEPS, kind: type[Act] | None = None, **options: object) -> RunResult:
    run = a_run(folder, steps, kind, reporters=[JournalReporter(folder, "run-1")], **options)  # type: ignore[arg-type]
    return execute(run.session, run.inbox, jobs=1, memory=Memory(None, key=KEY))


def resumed(folder: Path, steps: str = STEPS, **options: object) -> dict[str, str]:
    """Why each step did not run again; an empty text for one that ran."""
    run = a_run(folder, steps, **options)  # type: ignore[arg-type]
    result = execute(run.session, run.inbox, jobs=1, memory=Memory(latest_run(folder), key=KEY))
    assert result.exit_code == 0
    return {name: step.reason for name, step in result.steps.items()}


def failing(_: StepContext) -> None:
    raise WorkFailed("no")


def test_a_step_that_finished_with_the_same_inputs_does_not_run_again(tmp_path: Path) -> None:
    assert recorded_run(tmp_path, kind=acting(runs={"b": failing})).exit_code == 1  # type: ignore[arg-type]
    assert resumed(tmp_path) == {"a": "finished in run run-1 with the same inputs", "b": ""}


def test_other_options_or_variables_are_other_inputs(tmp_path: Path) -> None:
    recorded_run(tmp_path)
    assert resumed(tmp_path, STEPS.replace("one", "two")) == {"a": "", "b": ""}
    assert resumed(tmp_path, STEPS.replace("uses: act,", "uses: act, env: {X: y},", 1))["a"] == ""


def test_what_handed_on_a_secret_runs_again(tmp_path: Path) -> None:
    steps = "secrets: {T: {env: T}}\nsteps:\n  a: {uses: act, with: {text: '${{ secrets.T }}'}}\n"
    recorded_run(tmp_path, steps, secrets={"T": "geheim-123"})
    assert "geheim" not in (run_folder(tmp_path, "run-1") / JOURNAL).read_text()
    assert resumed(tmp_path, steps, secrets={"T": "geheim-123"}) == {"a": ""}


def test_final_steps_always_run(tmp_path: Path) -> None:
    steps = "steps:\n  a: {uses: act}\nfinally:\n  z: {uses: act}\n"
    recorded_run(tmp_path, steps)
    assert resumed(tmp_path, steps)["z"] == ""


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    recorded_run(tmp_path)
    with (run_folder(tmp_path, "run-1") / JOURNAL).open("ab") as file:
        file.write(b'{"type":"step-fini')
    past = latest_run(tmp_path)
    assert past is not None
    assert set(past.results) == {"a", "b"}


def test_a_journal_without_a_beginning_is_no_run(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "run-1")
    folder.mkdir(parents=True)
    (folder / JOURNAL).write_bytes(b'{"type":"ru')
    assert read_run(folder) is None
    assert latest_run(tmp_path) is None


def test_old_runs_are_removed_but_never_one_that_is_at_work(tmp_path: Path) -> None:
    at_work = Journal(run_folder(tmp_path, "20200101-000000-0000"))
    for number in range(MOST_RUNS + 2):
        Journal(run_folder(tmp_path, f"20260101-0000{number:02}-0000")).close()
    stale = tmp_path / ".cdkit" / "runs" / f"20260101-0000{MOST_RUNS + 1:02}-0000"
    os.utime(stale / JOURNAL, (0, 0))
    assert len(prune(tmp_path, OLDEST_DAYS * 86400 + 1.0)) == 3
    left = [folder.name for folder in run_folders(tmp_path)]
    assert left[0] == at_work.path.parent.name
    assert stale.name not in left
    assert len(left) == MOST_RUNS


def test_a_length_of_time_among_the_options_is_an_input_too(tmp_path: Path) -> None:
    class Patient(Act):
        class Options(Act.Options, frozen=True, kw_only=True):
            wait: Duration = Duration(60)

    steps = "  a: {uses: act, with: {wait: 5m}}\n"
    assert recorded_run(tmp_path, steps, Patient).exit_code == 0
    assert resumed(tmp_path, steps, kind=Patient)["a"]
    assert not resumed(tmp_path, steps.replace("5m", "6m"), kind=Patient)["a"]


def test_the_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    assert read_key(tmp_path) == read_key(tmp_path)
    assert (tmp_path / ".cdkit" / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / ".cdkit").iterdir()] == ["key"]
