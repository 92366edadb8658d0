"""`cdkit runs`: what past runs left behind, also those that were killed."""

from __future__ import annotations

import fcntl
import json
import time
from pathlib import Path

import pytest

from tests.unit.cli.command import Here

PIPELINE = """
name: shop
steps:
  compile: {uses: run, with: {script: "echo compiling; echo 'a warning' >&2"}}
  test: {uses: run, needs: [compile], with: {script: "echo testing; echo 'expected 4, got 5'; exit 3"}}
  ship: {uses: run, needs: [test], with: {command: "true"}}
"""


def write(folder: Path, text: str = PIPELINE) -> None:
    (folder / "cdkit.yaml").write_text(text, encoding="utf-8")


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob(".cdkit/runs/*/events.jsonl"))


def record(folder: Path, run_id: str, *events: dict[str, object], torn: str = "") -> Path:
    """Write a journal as a run that was killed leaves it."""
    started = {
        "type": "run-started",
        "time": 1_767_225_600.0,
        "run_id": run_id,
        "pipeline": "shop",
        "version": "1",
        "steps": ["compile", "test"],
        "environment": "staging",
    }
    path = folder / ".cdkit" / "runs" / run_id / "events.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(event)}\n" for event in (started, *events)) + torn, encoding="utf-8")
    return path


STARTED = {"type": "step-started", "time": 1_767_225_601.0, "step": "compile", "uses": "run"}
RUN_ID = "20260101-000000-aaaa"


@pytest.mark.parametrize("arguments", [("runs",), ("runs", "list")])
def test_runs_are_listed_the_newest_first_with_what_failed(
    here: Here, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    record(tmp_path, "20250101-000000-aaaa")
    write(tmp_path)
    assert here("run").code == 1
    ended = here(*arguments)
    assert (ended.code, ended.err) == (0, "")
    head, newest, oldest = ended.out.splitlines()
    assert head.split() == ["RUN", "BEGAN", "TOOK", "RESULT", "ENVIRONMENT", "WHAT", "FAILED"]
    assert newest.startswith(journals(tmp_path)[1].parent.name)
    assert "failed (1)" in newest
    assert newest.endswith("  test")
    assert oldest.split("  ")[:2] == ["20250101-000000-aaaa", "2026-01-01 00:00:00 UTC"]
    assert "not finished" in oldest
    assert oldest.endswith("  staging")


def test_the_commit_is_shown_when_a_step_wanted_to_know_it(here: Here, tmp_path: Path) -> None:
    build = {"type": "build-detected", "build": {"commit": "0123456789abcdef", "branch": "main"}}
    record(tmp_path, RUN_ID, build)
    assert "  0123456789\n" in here("runs").out
    assert "\ncommit 0123456789abcdef on main\n" in here("runs", "show").out


def test_where_nothing_ever_ran_the_list_is_empty(here: Here, tmp_path: Path) -> None:
    ended = here("runs")
    assert (ended.code, ended.out) == (0, f"There are no runs in {tmp_path}.\n")
    assert here("runs", "-o", "json").out == "[]\n"


@pytest.mark.parametrize("command", ["show", "logs"])
def test_a_run_that_is_not_there_is_a_wrong_argument(here: Here, tmp_path: Path, command: str) -> None:
    ended = here("runs", command)
    assert ended.code == 2
    assert "There is no run in" in ended.err
    record(tmp_path, RUN_ID)
    ended = here("runs", command, "20260101-000000-aaab")
    assert ended.code == 2
    assert f"Did you mean '{RUN_ID}'?" in ended.err


def test_a_run_is_shown_with_its_steps_and_its_failure(here: Here, tmp_path: Path) -> None:
    write(tmp_path)
    here("run")
    ended = here("runs", "show")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("shop, run 2")
    assert lines[1].startswith("failed with exit code 1 after ")
    assert lines[2] == f"The whole record: {journals(tmp_path)[0]}"
    rows = {line.split()[0]: line for line in lines[5:8]}
    assert rows["compile"].endswith("exit_code=0")
    assert rows["test"].split()[1:3] == ["run", "failed"]
    assert rows["ship"].split()[1:2] == ["skipped"]
    assert ended.out.endswith(
        "\n✗ test (run): The script ended with exit code 3.\n    │ testing\n    │ expected 4, got 5\n"
        "  What to do: Mend what the evidence shows in the project itself, and run again.\n"
    )


def test_a_run_that_found_in_its_checks_that_it_could_not_work_says_why(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "name: x\nsteps:\n  a: {uses: run, with: {command: 'true', directory: nowhere}}\n")
    assert here("run").code == 3
    assert "failed (3)" in here("runs").out
    shown = here("runs", "show").out
    assert "The directory of 'a' does not exist: nowhere" in shown
    assert "not started" in shown


def test_a_run_that_was_killed_is_not_finished_and_its_torn_last_line_does_no_harm(here: Here, tmp_path: Path) -> None:
    printed = {"type": "step-output", "step": "compile", "line": "halfway"}
    record(tmp_path, RUN_ID, STARTED, printed, torn='{"type":"step-fin')
    lines = here("runs", "show", RUN_ID).out.splitlines()
    assert lines[:2] == [f"shop to staging, run {RUN_ID}", "not finished, begun 2026-01-01 00:00:00 UTC"]
    assert lines[5].split() == ["compile", "run", "not", "finished", "00:00:01"]
    assert lines[6].split() == ["test", "not", "started"]
    assert here("runs", "logs").out == "compile │ halfway\n"


def test_a_journal_that_was_torn_in_its_first_line_is_no_run(here: Here, tmp_path: Path) -> None:
    path = record(tmp_path, RUN_ID)
    path.write_bytes(path.read_bytes()[:20])
    assert here("runs").out.startswith("There are no runs")
    assert here("runs", "show", RUN_ID).code == 2


def test_a_run_that_is_at_work_is_running(here: Here, tmp_path: Path) -> None:
    with record(tmp_path, RUN_ID, STARTED).open("rb") as journal:
        fcntl.flock(journal, fcntl.LOCK_SH)
        assert json.loads(here("runs", "-o", "json").out)[0]["result"] == "running"
        assert json.loads(here("runs", "show", "-o", "json").out)["steps"][0]["status"] == "running"


def test_the_logs_are_what_the_console_showed(here: Here, tmp_path: Path) -> None:
    write(tmp_path)
    ran = here("run").out
    shown = here("runs", "logs").out
    assert shown.splitlines() == [line for line in ran.splitlines() if "│" in line and not line.startswith(" ")]
    assert here("runs", "logs", "--step", "test").out == "test    │ testing\ntest    │ expected 4, got 5\n"
    assert here("runs", "logs", "--step", "ship").out == ""


def test_the_logs_of_a_step_that_is_not_there_are_a_wrong_argument(here: Here, tmp_path: Path) -> None:
    record(tmp_path, RUN_ID)
    ended = here("runs", "logs", "--step", "tset")
    assert ended.code == 2
    assert f"The run {RUN_ID} has no step 'tset'." in ended.err
    assert "Did you mean 'test'?" in ended.err


def test_runs_as_json_are_for_programs(here: Here, tmp_path: Path) -> None:
    write(tmp_path)
    before = time.time()
    here("run")
    (run,) = json.loads(here("runs", "--output", "json").out)
    assert (run["pipeline"], run["result"], run["exit_code"], run["failed"]) == ("shop", "failed", 1, ["test"])
    assert run["began"].endswith("Z")
    assert 0 < run["seconds"] < time.time() - before + 1
    story = json.loads(here("runs", "show", run["id"], "-o", "json").out)
    assert story["run"] == run
    assert {step["name"]: step["status"] for step in story["steps"]} == {
        "compile": "succeeded",
        "test": "failed",
        "ship": "skipped",
    }
    assert story["steps"][1]["failure"]["evidence"] == ["testing", "expected 4, got 5"]
    assert Path(story["record"]).is_file()


def test_runs_of_a_pipeline_in_another_folder_are_found_by_its_file(here: Here, tmp_path: Path) -> None:
    record(tmp_path / "shop", RUN_ID)
    assert RUN_ID in here("runs", "-f", "shop/cdkit.yaml").out
    assert RUN_ID in here("runs", "show", "--file", "shop/cdkit.yaml").out


def test_what_a_journal_holds_cannot_talk_to_the_terminal(here: Here, tmp_path: Path) -> None:
    evil = "a\x1b]0;gone\x07\x1b[2Jb\nred"
    result = {"step": "test", "status": "failed", "failure": None}
    failure = {"kind": "WorkFailed", "message": evil, "remedy": evil, "exit_code": 1, "evidence": [evil]}
    record(
        tmp_path,
        RUN_ID,
        {"type": "build-detected", "build": {"commit": evil, "branch": evil, "url": evil}},
        {**STARTED, "uses": evil},
        {"type": "step-output", "step": "compile", "line": evil},
        {"type": "step-output", "step": evil, "line": "x"},
        {"type": "step-finished", "step": "compile", "result": {**result, "failure": failure, "step": "compile"}},
        {"type": "step-finished", "step": evil, "result": {**result, "failure": failure, "step": evil}},
        {"type": "run-finished", "exit_code": 1, "seconds": 1.0, "failure": failure},
    )
    for arguments in (("runs",), ("runs", "show"), ("runs", "logs")):
        ended = here(*arguments, "--color")
        assert ended.code == 0
        assert "\x1b]" not in ended.out
        assert "\x1b[2J" not in ended.out
        assert "\nred" not in ended.out


def test_a_wrong_word_after_runs_is_a_wrong_argument(here: Here, tmp_path: Path) -> None:
    ended = here("runs", "shwo")
    assert ended.code == 2
    assert "'shwo'" in ended.err


def reporting(name: str) -> dict[str, object]:
    case = {"name": name, "group": "Cart", "outcome": "failed", "message": "1 != 2", "file": "tests/cart.py", "line": 7}
    report = {"total": 30, "passed": 1, "failed": 29, "seconds": 1.5, "cases": [case], "file": "all.xml"}
    return {"type": "tests-reported", "step": "test", "report": report}


def test_what_the_tests_of_a_step_found_is_shown_again(here: Here, tmp_path: Path) -> None:
    record(tmp_path, RUN_ID, reporting("adds"))
    *_, counts, head, row, more = here("runs", "show").out.splitlines()
    assert counts == "test: 30 tests: 1 passed, 29 failed in 1.5 s"
    assert head.split() == ["RESULT", "TEST", "WHERE", "WHY"]
    assert row.split("  ") == ["failed", "Cart::adds", "tests/cart.py:7", "1 != 2"]
    assert more == "and 28 more in all.xml"
    shown = json.loads(here("runs", "show", "--output", "json").out)
    assert next(step["tests"]["failed"] for step in shown["steps"] if step["name"] == "test") == 29


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_test_of_a_past_run_commands_no_server(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setenv("TF_BUILD", "True")
    record(tmp_path, RUN_ID, reporting("##vso[task.complete]"))
    shown = here("runs", "show", "--output", output).out
    assert "task.complete" in shown
    assert "##vso" not in shown
