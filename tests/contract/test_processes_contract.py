"""What a step may rely on of commands: the same of played ones and of real ones."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from cdkit.clients.process.local_processes import LocalProcesses
from cdkit.errors import Cancelled, WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.ports.processes import Processes
from cdkit.testing import FakeProcesses

BOTH = ("sh", "-c", "echo one; echo two; echo three >&2; exit 4")
FEED = ("cat",)
SHOW = ("sh", "-c", "echo $GREETING")
HANG = ("sh", "-c", "echo begun; exec sleep 600")


def played() -> FakeProcesses:
    fake = FakeProcesses()
    fake.on(*BOTH, prints=["one", "two"], complains=["three"], exit_code=4)
    fake.on(*FEED, prints=["fed"])
    fake.on(*SHOW, prints=["hello"])
    fake.on(*HANG, prints=["begun"], hangs=True)
    return fake


@pytest.fixture(params=[played, LocalProcesses], ids=["fake", "real"])
def processes(request: pytest.FixtureRequest) -> Processes:
    made: Processes = request.param()
    return made


class Heard:
    """What a command printed."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, line: str, stream: str) -> None:
        self.lines.append((line, stream))

    def of(self, stream: str) -> list[str]:
        return [line for line, name in self.lines if name == stream]


def run(
    processes: Processes,
    command: Sequence[str],
    folder: Path,
    *,
    cancellation: Cancellation | None = None,
    stdin: str = "",
    env: dict[str, str] | None = None,
) -> tuple[int, Heard]:
    heard = Heard()
    code = processes.run(
        command,
        directory=str(folder),
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **(env or {})},
        on_line=heard,
        cancellation=cancellation or Cancellation(),
        stdin=stdin,
    )
    return code, heard


def test_a_command_gives_its_lines_and_its_exit_code(processes: Processes, tmp_path: Path) -> None:
    code, heard = run(processes, BOTH, tmp_path)
    assert code == 4
    assert heard.of("stdout") == ["one", "two"]
    assert heard.of("stderr") == ["three"]


def test_a_command_reads_what_it_is_given(processes: Processes, tmp_path: Path) -> None:
    assert run(processes, FEED, tmp_path, stdin="fed\n")[1].of("stdout") == ["fed"]


def test_a_command_has_the_environment_that_it_is_given(processes: Processes, tmp_path: Path) -> None:
    assert run(processes, SHOW, tmp_path, env={"GREETING": "hello"})[1].of("stdout") == ["hello"]


def test_a_program_that_is_not_there_is_named(processes: Processes, tmp_path: Path) -> None:
    with pytest.raises(WorkFailed, match=r"'no-such-program' was not found \(exit code 127"):
        run(processes, ["no-such-program", "--help"], tmp_path)


def test_a_command_is_ended_on_a_cancel(processes: Processes, tmp_path: Path) -> None:
    cancellation = Cancellation()
    threading.Timer(0.3, cancellation.cancel, [Cancelled()]).start()
    with pytest.raises(Cancelled):
        run(processes, HANG, tmp_path, cancellation=cancellation)


def test_a_command_does_not_begin_after_a_cancel(processes: Processes, tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        run(processes, [sys.executable, "-c", "open('begun', 'w')"], tmp_path, cancellation=cancellation)
    assert not (tmp_path / "begun").exists()
