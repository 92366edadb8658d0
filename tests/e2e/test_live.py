"""The live view of a run on a real terminal."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Project
from tests.e2e.terminal import OnTerminal

STEPS = """\
from pathlib import Path

from cdkit.api import NoOutputs, Step, StepContext, StepOptions, hookimpl


class Load(Step):
    '''Says how far it is, and ends when a file is there.'''

    name = "load"

    class Options(StepOptions, frozen=True, kw_only=True):
        '''None.'''

    def run(self, ctx: StepContext) -> NoOutputs:
        '''Wait.'''
        print("printed by the plugin")
        ctx.progress("3f4a", 1_200_000, 2_400_000, "bytes")
        ctx.progress("Deployment hello", 1, 3, "replicas")
        ctx.waiting("the file to appear")
        while not Path(ctx.path("go")).exists():
            ctx.sleep(0.02)
        return NoOutputs()


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    '''Bring it.'''
    return [Load]
"""
PIPELINE = r"""
name: hello
plugins: [./steps.py]
steps:
  load: {uses: load}
  evil: {uses: run, with: {script: "printf 'a\\033[2Jb\\033[5Ac\\033[?25l\\rd\\n'; echo plain"}}
"""


@pytest.fixture
def live(project: Project) -> Project:
    project.write(PIPELINE)
    (project.folder / "steps.py").write_text(STEPS, encoding="utf-8")
    hidden = {"CI", "FORCE_COLOR", "COLUMNS", "LINES"}
    project.environ = {name: value for name, value in project.environ.items() if name not in hidden}
    return project


def on_terminal(project: Project, *arguments: str, columns: int = 80, rows: int = 24) -> OnTerminal:
    command = [sys.executable, "-m", "cdkit", "run", *arguments]
    return OnTerminal(command, project.folder, project.environ, columns, rows)


def works(rows: list[str]) -> bool:
    """The quick step has ended, and the other one is shown to wait."""
    return len(rows) > 3 and rows[-1].endswith("1 of 2 steps done") and any("evil ✓" in row for row in rows)


def go(folder: Path) -> None:
    (folder / "go").touch()


def test_a_run_on_a_terminal(live: Project) -> None:
    with on_terminal(live) as terminal:
        rows = terminal.until(works)
        region = rows[-4:]
        assert region[0].startswith("load ▶ ")
        assert region[0].endswith(" s the file to appear")
        assert region[1].startswith("    3f4a ━")
        assert region[1].endswith("1.2 of 2.4 MB")
        assert region[2].startswith("    Deployment hello ━")
        assert region[2].endswith("1 of 3 replicas")
        above = rows[:-4]
        assert "evil │ d" in above
        assert "evil │ plain" in above
        assert "load │ printed by the plugin" in above
        assert "load … the file to appear" in above
        assert "\x1b[36m" in terminal.screen.raw
        go(live.folder)
        assert terminal.end() == 0
        rows = terminal.screen.shown
        assert rows[-1].startswith("Done in ")
        assert not any("━" in row or "steps done" in row for row in terminal.screen.all)
        assert not terminal.screen.cursor_is_hidden


def test_a_narrow_terminal_that_is_made_wide(live: Project) -> None:
    with on_terminal(live, columns=40, rows=12) as terminal:
        assert max(map(len, terminal.until(works)[-4:])) < 40
        terminal.resize(100, 12)
        terminal.until(lambda rows: len(rows[-3]) > 40)
        go(live.folder)
        assert terminal.end() == 0
        assert not any("steps done" in row for row in terminal.screen.all)


def test_ctrl_c_once_stops_cleanly_and_leaves_a_clean_screen(live: Project) -> None:
    with on_terminal(live) as terminal:
        terminal.until(works)
        terminal.type("\x03")
        assert terminal.end() == 130
        assert any(row.startswith("Cancelled with exit code 130") for row in terminal.screen.shown)
        assert not any("steps done" in row or "━" in row for row in terminal.screen.all)
        assert not terminal.screen.cursor_is_hidden


def test_ctrl_c_twice_ends_at_once_and_the_cursor_is_there(live: Project) -> None:
    stubborn = STEPS.replace("ctx.sleep(0.02)", "__import__('time').sleep(0.02)")
    (live.folder / "steps.py").write_text(stubborn, encoding="utf-8")
    with on_terminal(live) as terminal:
        terminal.until(works)
        terminal.type("\x03")
        terminal.until(lambda rows: "once more to stop at once" in rows[-1])
        terminal.type("\x03")
        assert terminal.end() == 130
        assert not terminal.screen.cursor_is_hidden
        # The shell's prompt gets a row of its own.
        assert terminal.screen.raw.endswith("\n")


@pytest.mark.parametrize(("arguments", "environ"), [(["--quiet"], {}), ([], {"CI": "true"})])
def test_quiet_and_build_servers_get_no_live_view(live: Project, arguments: list[str], environ: dict[str, str]) -> None:
    go(live.folder)
    live.environ |= environ
    with on_terminal(live, *arguments) as terminal:
        assert terminal.end() == 0
        assert "\x1b[2K" not in terminal.screen.raw
        assert terminal.screen.shown[-1].startswith("Done in ")


def test_a_live_view_without_colours(live: Project) -> None:
    live.environ |= {"NO_COLOR": "1"}
    with on_terminal(live) as terminal:
        terminal.until(works)
        go(live.folder)
        assert terminal.end() == 0
        assert "\x1b[2K" in terminal.screen.raw
        assert re.search(r"\x1b\[[0-9;]*m", terminal.screen.raw) is None
