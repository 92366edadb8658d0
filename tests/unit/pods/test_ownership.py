"""Whose the things of a test pod are, and when anybody may remove them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit_pods.ownership import (
    EXPIRES,
    KEPT_UNTIL,
    LONGEST_LABEL,
    OURS,
    RUN,
    RUNNER,
    STEP,
    Machine,
    Owner,
    Runner,
    expiring,
    is_orphan,
    kept,
    label_value,
)

NOW = 1_800_000_000.0


class Linux:
    """A machine of which a test says which processes run."""

    def __init__(self, folder: Path, boot: str = "b1", namespace: str = "pid:[4026531836]") -> None:
        self.proc = folder
        (folder / "sys/kernel/random").mkdir(parents=True)
        (folder / "sys/kernel/random/boot_id").write_text(f"{boot}\n")
        (folder / "self/ns").mkdir(parents=True)
        (folder / "self/ns/pid").symlink_to(namespace)
        self.pids: set[int] = set()
        self.machine = Machine(folder, lambda pid: pid in self.pids)
        self.start(os.getpid(), 100)

    def start(self, pid: int, at: int, command: str = "cdkit", state: str = "S") -> None:
        self.pids.add(pid)
        (self.proc / str(pid)).mkdir(exist_ok=True)
        behind = " ".join([state, *["1"] * 18, str(at), "0", "0"])
        (self.proc / str(pid) / "stat").write_text(f"{pid} ({command}) {behind}\n")

    def runner(self, pid: int, started: int) -> Runner:
        return Runner(self.machine.identity, pid, started)

    def is_orphan(self, runner: Runner | None, marks: dict[str, str] | None = None) -> bool:
        labels = Owner(run="r", step="s", runner=runner).labels()
        return is_orphan({**labels, **(expiring(NOW + 60) if marks is None else marks)}, NOW, self.machine)


@pytest.fixture
def linux(tmp_path: Path) -> Linux:
    return Linux(tmp_path / "proc")


def test_the_labels_say_whose_it_is(linux: Linux) -> None:
    us = linux.machine.this_process()
    assert us is not None
    labels = Owner(run="20260101-000000-ab12", step="test", runner=us).labels()
    assert labels.items() >= OURS.items()
    assert (labels[RUN], labels[STEP]) == ("20260101-000000-ab12", "test")
    assert Runner.parse(labels[RUNNER]) == us == Runner(linux.machine.identity, os.getpid(), 100)


def test_what_a_running_process_has_made_is_its_own(linux: Linux) -> None:
    linux.start(7, 500, command="a ) b (c")
    assert not linux.is_orphan(linux.runner(7, 500))


def test_what_a_process_of_this_machine_left_behind_is_an_orphan_at_once(linux: Linux) -> None:
    assert linux.is_orphan(linux.runner(7, 500))


def test_another_process_of_the_same_number_does_not_own_it(linux: Linux) -> None:
    linux.start(7, 501)
    assert linux.is_orphan(linux.runner(7, 500))


def test_a_killed_process_that_its_parent_did_not_fetch_owns_nothing(linux: Linux) -> None:
    linux.start(7, 500, state="Z")
    assert linux.is_orphan(linux.runner(7, 500))


def test_a_process_that_hides_from_us_is_believed_to_run(linux: Linux) -> None:
    linux.pids.add(7)
    assert not linux.is_orphan(linux.runner(7, 500))


@pytest.mark.parametrize("where", [{"boot": "b2"}, {"namespace": "pid:[4026532000]"}])
def test_what_another_machine_has_made_is_its_own_until_it_expires(
    linux: Linux, tmp_path: Path, where: dict[str, str]
) -> None:
    theirs = Linux(tmp_path / "other", **where).runner(7, 500)
    assert not linux.is_orphan(theirs)
    assert linux.is_orphan(theirs, expiring(NOW))


def test_what_expires_is_an_orphan_whoever_made_it(linux: Linux) -> None:
    assert not linux.is_orphan(None, expiring(NOW + 1))
    assert linux.is_orphan(None, expiring(NOW))


def test_what_is_kept_stays_until_its_time(linux: Linux) -> None:
    gone = linux.runner(7, 500)
    assert not linux.is_orphan(gone, {**expiring(NOW - 9), **kept(NOW + 1)})
    assert linux.is_orphan(gone, {**expiring(NOW + 9), **kept(NOW)})


def test_what_says_nothing_of_us_is_left_alone(linux: Linux) -> None:
    assert not is_orphan({EXPIRES: "1"}, NOW, linux.machine)
    assert not linux.is_orphan(None, {})
    assert not linux.is_orphan(None, {EXPIRES: "soon"})
    assert not linux.is_orphan(None, {EXPIRES: "-1", KEPT_UNTIL: "1e3"})


def test_where_processes_cannot_be_told_apart_only_the_expiry_counts(tmp_path: Path) -> None:
    elsewhere = Machine(tmp_path, lambda _: False)
    assert elsewhere.this_process() is None
    labels = Owner(run="r", step="s").labels()
    assert RUNNER not in labels
    assert not is_orphan({**labels, RUNNER: str(Runner("0" * 16, 7, 1)), **expiring(NOW + 1)}, NOW, elsewhere)
    assert is_orphan({**labels, **expiring(NOW)}, NOW, elsewhere)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes apart")
def test_a_real_process_owns_its_things_until_it_is_killed() -> None:
    script = "from cdkit_pods.ownership import Machine; print(Machine().this_process(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    with child, child.stdin, child.stdout:
        runner = Runner.parse(child.stdout.readline().strip())
        assert runner is not None
        assert runner.pid == child.pid
        assert not Machine().has_lost(runner)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert Machine().has_lost(runner), "it is a zombie"
        child.wait()
        assert Machine().has_lost(runner)


@pytest.mark.parametrize(
    "text",
    ["", f"{'0' * 16}.99999999999.1", "0" * 16, "x.1.2", f"{'0' * 16}.1.2.3", f"{'0' * 16}.-1.2", f"{'0' * 16}.1.2\n"],
)
def test_a_label_of_somebody_else_names_no_process(text: str) -> None:
    assert Runner.parse(text) is None


@given(st.text(max_size=100))
def test_any_name_becomes_a_legal_label(text: str) -> None:
    value = label_value(text)
    assert len(value) <= LONGEST_LABEL
    assert value == "" or (value[0].isalnum() and value[-1].isalnum())
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in value)
    assert label_value(value) == value


def test_names_that_are_no_labels_are_told_apart() -> None:
    assert label_value("unit tests") != label_value("unit-tests") == "unit-tests"
    assert label_value("unit tests").startswith("unit-tests-")
    assert label_value("a" * 63) == "a" * 63
    assert label_value("a" * 64) != label_value("a" * 65)
