"""What a step prints by itself, and where secrets come from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cdkit.engine.lookahead import check
from cdkit.engine.secrets import read_secrets
from cdkit.models.event import StepOutput
from cdkit.pipeline.model import SecretSource
from cdkit.step import StepContext
from tests.unit.engine.runs import a_run, acting


def test_what_a_step_prints_is_its_output_line_by_line(tmp_path: Path) -> None:
    def run(ctx: StepContext) -> None:
        print(f"one {ctx.step}\ntwo {ctx.step}\nthree", end="")  # noqa: T201 -- what the test is about

    ours = a_run(tmp_path, "  a: {uses: act}\n  b: {uses: act}\n", acting(runs={"a": run, "b": run}))
    before = sys.stdout
    ours.execute()
    assert sys.stdout is before
    lines = [(event.step, event.line) for event in ours.heard.events if isinstance(event, StepOutput)]
    for step in ("a", "b"):
        assert [line for whose, line in lines if whose == step] == [f"one {step}", f"two {step}", "three"]


def test_what_a_step_prints_while_it_is_checked_is_masked_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def look(ctx: StepContext) -> tuple[()]:
        print(f"{ctx.step} knows geheim-123")  # noqa: T201 -- what the test is about
        return ()

    ours = a_run(tmp_path, "  a: {uses: act}\n", acting(checks={"a": look}), secrets={"T": "geheim-123"})
    check(ours.session, ours.inbox)
    assert [event.line for event in ours.heard.events if isinstance(event, StepOutput)] == ["a knows ***"]
    assert capsys.readouterr().out == ""


def sources(**given: SecretSource) -> dict[str, SecretSource]:
    return given


def test_a_secret_comes_from_a_variable_a_file_or_a_command(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of the file\n")
    found = read_secrets(
        sources(
            a=SecretSource(env="A"),
            b=SecretSource(file="token"),
            c=SecretSource(command=["sh", "-c", "echo of $WHAT"]),
        ),
        {"A": "of the variable", "WHAT": "the command", "PATH": "/usr/bin:/bin"},
        tmp_path,
    )
    assert found.values == {"a": "of the variable", "b": "of the file", "c": "of the command"}
    assert found.missing == {}


def test_why_a_secret_has_no_value_is_told_without_what_a_command_said(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    found = read_secrets(
        sources(
            a=SecretSource(env="A"),
            b=SecretSource(file="gone"),
            c=SecretSource(file="empty"),
            d=SecretSource(command=["sh", "-c", "echo geheim >&2; exit 3"]),
            e=SecretSource(command=["no-such-program"]),
        ),
        {"A": " ", "PATH": "/usr/bin:/bin"},
        tmp_path,
    )
    assert found.values == {}
    assert found.missing == {
        "a": "the environment variable A is not set or empty",
        "b": "the file gone cannot be read: No such file or directory",
        "c": "the file empty is empty",
        "d": "the command sh ended with exit code 3",
        "e": "the command no-such-program cannot be run: No such file or directory",
    }
