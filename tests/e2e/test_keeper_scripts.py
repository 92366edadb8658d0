"""The scripts that run in a test pod, with a real busybox, and a connection that breaks where a test wants it to."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

from cdkit.errors import ClusterUnreachable, Unavailable, WorldFailed
from cdkit.models.container import Executed
from cdkit_pods.kubernetes import gates
from cdkit_pods.kubernetes.folders import BLOCK, read_folder, write_folder
from cdkit_pods.kubernetes.outages import ATTEMPTS

from .tiny import BUSYBOX, made_for_another_machine

pytestmark = pytest.mark.cluster
"""They need no cluster, but the static busybox that comes with it."""


class LocalExecution:
    """A command on this machine, as one in a keeper."""

    def __init__(self, command: Sequence[str], stdin: Iterable[bytes], breaks_after: int | None) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._stdin = stdin
        self._left = breaks_after

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def output(self) -> Iterator[bytes]:
        assert self._process.stdout is not None
        while piece := os.read(self._process.stdout.fileno(), 3000):
            if self._left is not None and len(piece) > self._left:
                yield piece[: self._left]
                raise ClusterUnreachable("The connection broke.")
            self._left = None if self._left is None else self._left - len(piece)
            yield piece

    def ended(self) -> Executed:
        assert self._process.stdin is not None
        for piece in self._stdin:
            self._process.stdin.write(piece)
            self._process.stdin.flush()
        # The input is not closed: neither can it be at an API server.
        assert self._process.stderr is not None
        code = self._process.wait(20)
        return Executed(code, self._process.stderr.read().decode())


class Keeper:
    """Executions one after the other, each of which breaks after so many bytes; those beyond the last do not."""

    def __init__(self, *breaks: int) -> None:
        self.commands: list[Sequence[str]] = []
        self.pauses: list[float] = []
        self._breaks = list(breaks)

    def __call__(self, command: Sequence[str], stdin: Iterable[bytes]) -> LocalExecution:
        self.commands.append(command)
        return LocalExecution(command, stdin, self._breaks.pop(0) if self._breaks else None)

    def read(self, folder: Path) -> bytes:
        return b"".join(read_folder(self, str(folder), self.pauses.append))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with names that are hard to handle, and some data."""
    folder = tmp_path / "volume"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "with a space, Ünicode 日本").write_text("one")
    (folder / "two\nlines").write_text("two")
    (folder / "empty").touch()
    (folder / "deep" / "er" / "data").write_bytes(os.urandom(100_000))
    return folder


def members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar if member.isfile()}


def test_a_folder_comes_out_whole_with_names_relative_to_it(folder: Path) -> None:
    found = members(Keeper().read(folder))
    assert found.keys() == {"./with a space, Ünicode 日本", "./two\nlines", "./empty", "./deep/er/data"}
    assert found["./deep/er/data"] == (folder / "deep/er/data").read_bytes()


@pytest.mark.parametrize("breaks", [(0,), (1,), (BLOCK,), (5_000,), (100_001,), (40_000, 30_000, 66, 64, 10)])
def test_an_archive_goes_on_where_the_connection_broke(folder: Path, breaks: tuple[int, ...]) -> None:
    keeper = Keeper(*breaks)
    assert keeper.read(folder) == Keeper().read(folder)
    assert len(keeper.commands) == len(breaks) + 1


def test_a_connection_that_only_ever_breaks_is_given_up(folder: Path) -> None:
    keeper = Keeper(*[10] * ATTEMPTS)
    with pytest.raises(Unavailable):
        keeper.read(folder)
    assert keeper.pauses == [0.5, 1, 2, 4]


def test_a_folder_that_changed_meanwhile_is_no_archive(folder: Path) -> None:
    keeper = Keeper(90_000)

    def change_it(_: float) -> None:
        (folder / "with a space, Ünicode 日本").write_text("new")

    archive = read_folder(keeper, str(folder), change_it)
    with pytest.raises(WorldFailed, match="changed while it was read"):
        b"".join(archive)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorldFailed, match="cannot be read") as failed:
        Keeper().read(tmp_path / "nothing")
    assert "nothing" in failed.value.evidence[0]


def an_archive(size: int) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        member = tarfile.TarInfo("some/data")
        member.size, member.mode = size, 0o604
        tar.addfile(member, io.BytesIO(os.urandom(size)))
    return written.getvalue()


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_an_archive_goes_into_a_folder_though_its_end_cannot_be_told(tmp_path: Path, size: int) -> None:
    archive = an_archive(size)
    pieces = (archive[start : start + 7_000] for start in range(0, len(archive), 7_000))
    write_folder(Keeper(), str(tmp_path), pieces)
    written = tmp_path / "some/data"
    assert hashlib.sha256(written.read_bytes()).digest() == hashlib.sha256(members(archive)["some/data"]).digest()
    assert oct(written.stat().st_mode)[-3:] == "664", "what the owner may, the group of the pod's files may"


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldFailed, match="cannot be unpacked"):
        write_folder(Keeper(), str(tmp_path), [b"no archive" * 200])


class Gate:
    """A gate on this machine; its tools lie in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last_words = folder / "termination-log"
        (folder / "open").mkdir()
        (folder / "busybox").symlink_to(BUSYBOX)
        self.bin = folder / "bin"
        self.bin.mkdir()

    def command(self, script: str, *arguments: str) -> list[str]:
        placed = script.replace("/.cdkit", str(self.folder)).replace("/dev/termination-log", str(self.last_words))
        return [BUSYBOX, "sh", "-c", placed, "gate", "db", *arguments]

    def open(self) -> None:
        (self.folder / "open" / "db").touch()

    def program(self, name: str, text: str, mode: int = 0o755) -> Path:
        path = self.bin / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def run(self, *arguments: str, script: str = gates.GATE, **env: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": f"/nowhere::{self.bin}"} | env
        command = self.command(script, *arguments)
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, errors="replace", check=False, timeout=20
        )


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def test_a_program_waits_until_its_gate_opens(gate: Gate) -> None:
    process = subprocess.Popen(gate.command(gates.GATE, BUSYBOX, "echo", "started"), stdout=subprocess.PIPE, text=True)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    gate.open()
    assert process.communicate(timeout=20)[0] == "started\n"


def test_a_program_is_looked_for_in_the_path_and_is_no_applet_of_busybox(gate: Gate) -> None:
    gate.open()
    gate.program("wc", f'#!{BUSYBOX} sh\necho the image has its own: "$@"')
    assert gate.run("wc", "-l", "a b", "$HOME", "*").stdout == "the image has its own: -l a b $HOME *\n"


def test_a_program_has_the_environment_of_the_container_and_nothing_more(gate: Gate) -> None:
    gate.open()
    seen = set(gate.run(BUSYBOX, "env", program="mine", A="b c").stdout.splitlines())
    path = f"PATH=/nowhere::{gate.bin}"
    assert {"A=b c", "program=mine", path} <= seen <= {"A=b c", "program=mine", path, f"PWD={Path.cwd()}"}


def test_a_program_is_its_exit_code(gate: Gate) -> None:
    gate.open()
    assert gate.run(BUSYBOX, "sh", "-c", "exit 7").returncode == 7


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [
        ("nowhere-to-be-found", 127, 'exec: "nowhere-to-be-found": executable file not found in $PATH\n'),
        ("./not/there", 127, 'exec: "./not/there": stat ./not/there: no such file or directory\n'),
        ("/", 126, 'exec: "/": permission denied\n'),
    ],
)
def test_what_cannot_be_run_is_told_in_the_words_of_the_runtime(
    gate: Gate, program: str, code: int, words: str
) -> None:
    gate.open()
    ended = gate.run(program)
    assert (ended.returncode, ended.stderr, gate.last_words.read_text()) == (code, words, words)


def test_a_file_that_is_not_executable_is_passed_over_in_the_path_and_refused_by_name(gate: Gate) -> None:
    gate.open()
    plain = gate.program("plain", "", 0o644)
    assert gate.run("plain").returncode == 127
    assert gate.run(str(plain)).returncode == 126


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"#!/no/such/interpreter\n", {127}, "no such file or directory"),
        (b"echo no script without its first line\n", {126}, "exec format error"),
        (b"", {126}, "exec format error"),
        # Where the helper's C library gives such a file to /bin/sh, that cannot read it.
        (made_for_another_machine(), {2, 126, 127}, "exec format error"),
    ],
)
def test_what_the_kernel_does_not_execute_is_no_script_either(
    gate: Gate, content: bytes, code: set[int], words: str
) -> None:
    gate.open()
    program = gate.bin / "program"
    program.write_bytes(content)
    program.chmod(0o755)
    for name in ("program", str(program)):
        ended = gate.run(name)
        assert ended.returncode in code
        assert gate.last_words.read_text() == f'exec: "{program}": {words}\n'
        assert "no script" not in ended.stdout


def test_a_health_check_fails_until_the_program_has_started(gate: Gate) -> None:
    check = (BUSYBOX, "true")
    assert gate.run(*check, script=gates.PROBE).returncode == 1
    gate.open()
    assert gate.run(*check, script=gates.PROBE).returncode == 0


def test_a_health_check_that_cannot_be_run_is_not_the_last_word_of_its_container(gate: Gate) -> None:
    gate.open()
    ended = gate.run("pg_isready", script=gates.PROBE)
    assert (ended.returncode, ended.stderr) == (127, 'exec: "pg_isready": executable file not found in $PATH\n')
    assert not gate.last_words.exists()
