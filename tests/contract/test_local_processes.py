"""What is true of commands on this machine only: signals, pipes, and programs that do not start."""

from __future__ import annotations

import os
import shlex
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cdkit.clients.process.local_processes import LocalProcesses
from cdkit.errors import Cancelled, WorkFailed
from cdkit.flow.cancellation import Cancellation
from tests.real_world import eventually

MIB = 1 << 20


class Shell:
    """Runs scripts in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes = LocalProcesses(grace_seconds=0.5)
        self.cancellation = Cancellation()
        self.lines: list[tuple[str, str]] = []

    def run(self, script: str, stdin: str = "") -> int:
        return self.command(["sh", "-c", script], stdin)

    def command(self, command: list[str], stdin: str = "") -> int:
        return self.processes.run(
            command,
            directory=str(self.folder),
            env=dict(os.environ),
            on_line=lambda line, stream: self.lines.append((line, stream)),
            cancellation=self.cancellation,
            stdin=stdin,
        )

    def cancel_when(self, file: str) -> None:
        """Cancel as soon as a script has made a file."""

        def wait() -> None:
            eventually((self.folder / file).exists)
            self.cancellation.cancel(Cancelled())

        threading.Thread(target=wait).start()

    @property
    def printed(self) -> list[str]:
        return [line for line, stream in self.lines if stream == "stdout"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


# Ends


def test_a_death_by_a_signal_is_128_and_its_number(shell: Shell) -> None:
    assert shell.run("kill -9 $$") == 137
    assert shell.run("kill -15 $$") == 143


def test_a_command_that_closes_its_output_is_waited_for(shell: Shell) -> None:
    assert shell.run("exec >&- 2>&-; sleep 0.2; touch done; exit 3") == 3
    assert (shell.folder / "done").exists()


def test_what_a_command_leaves_behind_is_not_waited_for(shell: Shell) -> None:
    begun = time.monotonic()
    assert shell.run("sleep 30 & echo $! > pid; echo done") == 0
    assert time.monotonic() - begun < 10
    assert shell.printed == ["done"]
    assert shell.lines[-1][1] == "log"
    os.kill(int((shell.folder / "pid").read_text()), 9)


# Lines


def test_no_line_is_lost_when_many_commands_print_at_once(tmp_path: Path) -> None:
    def count(_: int) -> list[str]:
        shell = Shell(tmp_path)
        shell.command(["seq", "1", "10000"])
        return shell.printed

    wanted = [str(number) for number in range(1, 10001)]
    with ThreadPoolExecutor(64) as pool:
        assert all(lines == wanted for lines in pool.map(count, range(64)))


def test_a_last_line_needs_no_line_break(shell: Shell) -> None:
    shell.run("printf 'one\\ntwo'")
    assert shell.printed == ["one", "two"]


def test_bytes_that_are_no_text_are_replaced(shell: Shell) -> None:
    shell.run("printf 'caf\\303\\251 \\377\\n'")
    assert shell.printed == ["café \N{REPLACEMENT CHARACTER}"]


def test_of_a_progress_bar_only_the_last_state_is_given(shell: Shell) -> None:
    shell.run("printf '10%%\\r50%%\\r100%%\\ndone\\r\\n'")
    assert shell.printed == ["100%", "done"]


def test_a_line_that_is_too_long_is_cut(shell: Shell) -> None:
    shell.run(f"head -c {3 * MIB} /dev/zero | tr '\\0' x; echo; echo after")
    assert shell.printed == ["x" * MIB + f" [cut: {2 * MIB} more bytes]", "after"]


# Input


def test_a_command_may_be_given_more_than_a_pipe_holds(shell: Shell) -> None:
    shell.run("wc -c", stdin="x" * (3 * MIB))
    assert shell.printed == [str(3 * MIB)]


def test_a_command_need_not_read_what_it_is_given(shell: Shell) -> None:
    assert shell.run("exit 0", stdin="x" * (3 * MIB)) == 0


def test_a_command_that_is_given_nothing_reads_an_end(shell: Shell) -> None:
    assert shell.run("cat") == 0


# A cancel


def test_a_command_may_end_by_itself_on_a_cancel(shell: Shell) -> None:
    shell.cancel_when("begun")
    with pytest.raises(Cancelled):
        shell.run("trap 'echo tidied; exit 0' TERM; touch begun; while :; do sleep 0.05; done")
    assert shell.printed == ["tidied"]


def test_a_command_that_does_not_end_is_killed_after_the_grace(shell: Shell) -> None:
    shell.cancel_when("begun")
    with pytest.raises(Cancelled):
        shell.run("trap '' TERM; echo $$ > pid; touch begun; while :; do sleep 0.05; done")
    eventually(lambda: not runs(shell.folder / "pid"))


def test_what_a_command_started_is_ended_with_it(shell: Shell) -> None:
    shell.cancel_when("begun")
    with pytest.raises(Cancelled):
        shell.run("sh -c 'trap \"\" TERM; echo $$ > pid; touch begun; while :; do sleep 0.05; done' >/dev/null & wait")
    eventually(lambda: not runs(shell.folder / "pid"))


def runs(file: Path) -> bool:
    """Whether the process whose number is in a file is there, and not only waits to be reaped."""
    try:
        return ") Z" not in Path(f"/proc/{file.read_text().strip()}/stat").read_text()
    except OSError:
        return False


# Programs that do not start


def test_a_folder_that_is_not_there_is_named(shell: Shell) -> None:
    shell.folder /= "nowhere"
    with pytest.raises(WorkFailed, match=r"nowhere: there is no such folder"):
        shell.run("true")


def test_a_file_that_is_not_executable_says_how_to_make_it_so(shell: Shell) -> None:
    (shell.folder / "my script").write_text("#!/bin/sh\n")
    with pytest.raises(WorkFailed, match=r"may not be executed \(exit code 126") as failed:
        shell.command([str(shell.folder / "my script")])
    assert f"chmod +x {shlex.quote(str(shell.folder / 'my script'))}" in failed.value.remedy


def test_a_script_without_a_first_line_says_what_it_lacks(shell: Shell) -> None:
    script = shell.folder / "script"
    script.write_text("echo hello\n")
    script.chmod(0o755)
    with pytest.raises(WorkFailed, match=r"no program for this machine \(exit code 126") as failed:
        shell.command([str(script)])
    assert "#!/bin/sh" in failed.value.remedy


def test_commands_that_are_none_are_refused(shell: Shell) -> None:
    with pytest.raises(WorkFailed, match="empty"):
        shell.command([])
    with pytest.raises(WorkFailed, match="null byte"):
        shell.command(["echo", "a\0b"])
