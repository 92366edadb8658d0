"""`--quiet`, `--verbose`, `--color` and a stdout that cannot show everything."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.command import cdkit

PIPELINE = """\
name: x
secrets: {TOKEN: {env: MY_TOKEN}}
steps:
  good: {uses: run, with: {script: "echo hello"}}
  told: {uses: run, with: {command: "echo ${{ secrets.TOKEN | upper }} ${{ run.id }}"}}
  skip: {uses: run, when: "${{ run.id == '' }}", with: {command: "true"}}
"""
TOKEN = {"MY_TOKEN": "correct-horse"}


def write(folder: Path, more: str = "") -> None:
    (folder / "cdkit.yaml").write_text(PIPELINE + more, encoding="utf-8")


def run(folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    ended = cdkit(folder, "run", *arguments, **TOKEN, **env)
    assert ended.err == ""
    return ended.code, ended.out


def test_quiet_says_how_it_ended_and_no_more(tmp_path: Path) -> None:
    write(tmp_path)
    code, out = run(tmp_path, "--quiet")
    assert code == 0
    assert out.startswith("Done in ")
    assert out.endswith(": 2 succeeded, 1 skipped.\n")
    assert out.count("\n") == 1


def test_quiet_shows_a_failure_with_its_evidence(tmp_path: Path) -> None:
    write(tmp_path, '  bad: {uses: run, needs: [good], with: {script: "echo why; exit 3"}}\n')
    code, out = run(tmp_path, "-q")
    assert code == 1
    assert "bad  ✗" in out
    assert "    │ why\n" in out
    assert "good" not in out


def test_verbose_shows_options_and_hides_whatever_became_of_a_secret(tmp_path: Path) -> None:
    write(tmp_path)
    code, out = run(tmp_path, "--verbose")
    assert code == 0
    assert "The checks found nothing wrong, in " in out
    assert "good · script=echo hello\n" in out
    assert "told · command=***\n" in out
    assert "skip – skipped: `when` is not true: ${{ run.id == '' }}\n" in out
    (journal,) = tmp_path.glob(".cdkit/runs/*/events.jsonl")
    assert '"options":{"command":"***"}' in journal.read_text(encoding="utf-8")


def test_quiet_and_verbose_exclude_each_other(tmp_path: Path) -> None:
    write(tmp_path)
    ended = cdkit(tmp_path, "run", "--quiet", "--verbose")
    assert ended.code == 2
    assert "--quiet and --verbose exclude each other." in ended.err


def test_colours_can_be_asked_for_and_refused(tmp_path: Path) -> None:
    write(tmp_path)
    assert "\x1b[32m" in run(tmp_path, "--color")[1]
    assert "\x1b" not in run(tmp_path)[1]
    assert "\x1b[32m" in run(tmp_path, FORCE_COLOR="1")[1]
    assert "\x1b" not in run(tmp_path, "--no-color", FORCE_COLOR="1")[1]
    assert "\x1b[1m" in cdkit(tmp_path, "plan", "--color", **TOKEN).out


def test_a_stdout_that_cannot_show_a_letter_shows_a_question_mark(tmp_path: Path) -> None:
    (tmp_path / "cdkit.yaml").write_text(
        "name: x\nsteps:\n  a: {uses: run, with: {script: \"printf '\\\\303\\\\251 after\\\\n'\"}}\n", encoding="utf-8"
    )
    code, out = run(tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert code == 0
    assert "a | ? after\n" in out
    assert "Done in" in out
