"""`cdkit watch` on real files, as one works with it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import Project
from tests.e2e.terminal import OnTerminal
from tests.git_command import git
from tests.real_world import eventually

WAITS = "Ctrl-C ends it."
PATIENCE = 60.0


class Watch:
    """A `cdkit watch` at work."""

    def __init__(self, project: Project, process: subprocess.Popen[str]) -> None:
        self.project = project
        self.process = process
        self.shown = ""

    def until(self, text: str) -> str:
        """What is shown from here on until a text is."""
        assert self.process.stdout is not None
        shown = ""
        while text not in shown:
            line = self.process.stdout.readline()
            assert line, f"{text!r} was not shown:\n{self.shown}"
            shown += line
            self.shown += line
        return shown

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, and give the exit code."""
        self.process.send_signal(number)
        finished = self.project.finish(self.process)
        self.shown += finished.text
        return finished.code


@contextmanager
def watching(project: Project, *arguments: str) -> Iterator[Watch]:
    process = project.start("watch", *arguments)
    # Its end ends the reading, too, of what it never shows.
    latest = threading.Timer(PATIENCE, process.kill)
    latest.start()
    try:
        yield Watch(project, process)
    finally:
        latest.cancel()
        if process.poll() is None:
            process.kill()
            process.communicate()


def pipeline(project: Project, **steps: object) -> None:
    project.write(yaml.safe_dump({"name": "shop", "steps": steps}, sort_keys=False))


def script(text: str, **more: object) -> dict[str, object]:
    return {"uses": "run", "with": {"script": text}, **more}


def source(project: Project, text: str) -> None:
    (project.folder / "source").write_text(text, encoding="utf-8")


def test_a_change_runs_the_pipeline_again_and_a_failure_keeps_watching(project: Project) -> None:
    pipeline(project, test=script("cat source; grep -q good source"), after=script("echo deployed", needs=["test"]))
    source(project, "good\n")
    with watching(project) as watch:
        assert "after │ deployed" in watch.until(WAITS)
        source(project, "bad\n")
        shown = watch.until(WAITS)
        assert shown.startswith("\nChanged: source\n")
        assert "test  │ bad" in shown
        assert "Failed with exit code 1" in shown
        source(project, "good again\n")
        assert "after │ deployed" in watch.until(WAITS)
        project.write("name: [\n")
        watch.until(WAITS)
        pipeline(project, test=script("echo mended"))
        assert "test │ mended" in watch.until(WAITS)
        assert watch.end() == 130
    assert "cdkit.yaml:2:1: The file is not YAML" in watch.shown
    assert len(list((project.folder / ".cdkit" / "runs").iterdir())) == 4


def test_a_change_during_a_run_stops_its_steps_and_begins_anew(project: Project) -> None:
    pipeline(project, work=script("cat source; if grep -q first source; then echo $$ > child; sleep 300; fi"))
    (project.folder / ".gitignore").write_text("child\n", encoding="utf-8")
    git(project.folder, "init", "--quiet")
    source(project, "first\n")
    with watching(project) as watch:
        watch.until("work │ first")
        child = int(eventually(lambda: (project.folder / "child").exists() and (project.folder / "child").read_text()))
        source(project, "second\n")
        shown = watch.until(WAITS)
        assert "The sources changed while it ran." in shown
        assert "work │ second" in shown
        assert not Path(f"/proc/{child}").exists()
        assert watch.end(signal.SIGTERM) == 143


def test_ctrl_c_stops_the_run_and_the_last_step_cleans_up(project: Project) -> None:
    pipeline(project, serve=script("touch deployed; echo up; sleep 300"), undo=script("rm deployed"))
    with watching(project, "--at-exit", "undo", "--path", "cdkit.yaml") as watch:
        watch.until("serve │ up")
        assert watch.end() == 130
    assert not (project.folder / "deployed").exists()
    assert "undo  – skipped: --at-exit runs it at the end" in watch.shown
    assert re.search(r"undo +✓", watch.shown)


def test_without_a_first_run_only_the_chosen_steps_run_and_only_after_a_change(project: Project) -> None:
    pipeline(project, test=script("echo tested"), deploy=script("echo deployed"))
    source(project, "1")
    with watching(project, "--no-initial", "--skip", "deploy") as watch:
        assert "tested" not in watch.until(WAITS)
        source(project, "2")
        shown = watch.until(WAITS)
        assert "tested" in shown
        assert "│ deployed" not in shown
        assert watch.end() == 130


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--only", "tset"), 2, "--only: there is no step 'tset'."),
        (("--at-exit", "gone"), 2, "--at-exit: there is no step 'gone'."),
        (("--path", "gone"), 2, "'gone' does not exist"),
        (("--env", "live"), 8, "The environment 'live' needs an approval, and nobody gave it."),
    ],
)
def test_what_no_change_of_a_file_can_mend_ends_it_at_once(
    project: Project, arguments: tuple[str, ...], code: int, said: str
) -> None:
    project.write(
        yaml.safe_dump({"name": "x", "environments": {"live": {"approval": True}}, "steps": {"test": script("true")}})
    )
    finished = project.cdkit("watch", *(arguments if "--env" in arguments else ("--approve", "live", *arguments)))
    assert finished.code == code, finished.text
    assert said in " ".join(finished.text.split()).replace("│ ", "")


def test_ctrl_c_on_a_terminal_leaves_a_clean_screen(project: Project) -> None:
    pipeline(project, work=script("cat source; sleep 300"))
    source(project, "first\n")
    environ = {name: value for name, value in project.environ.items() if name not in {"CI", "FORCE_COLOR"}}
    with OnTerminal([sys.executable, "-m", "cdkit", "watch"], project.folder, environ) as terminal:
        terminal.until(lambda rows: "work │ first" in rows)
        source(project, "second\n")
        terminal.until(lambda rows: "work │ second" in rows)
        terminal.type("\x03")
        assert terminal.end() == 130
        assert not any("steps done" in row for row in terminal.screen.all)
        assert not terminal.screen.cursor_is_hidden
