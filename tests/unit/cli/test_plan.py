"""`cdkit plan` in its forms, and how it ends for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command import Here

PLUGIN = '''
from typing import Annotated
from msgspec import Meta
from cdkit.api import AccessDenied, Change, ClusterUnreachable, FieldChange, Step, StepOptions, hookimpl

class Plans(Step):
    """Plans what it is told."""
    name = "plans"
    class Options(StepOptions, frozen=True, kw_only=True):
        """What to plan."""
        action: Annotated[str, Meta(description="The action.")]
        value: Annotated[str, Meta(description="The new value of a field.")] = "new"
    def plan(self, ctx):
        if self.options.action == "away":
            raise ClusterUnreachable("No answer.")
        if self.options.action == "denied":
            raise AccessDenied("Not allowed.")
        field = FieldChange("data.a", "old", self.options.value)
        return [Change(self.options.action, "ConfigMap web", fields=(field,))]
    def run(self, ctx):
        raise AssertionError

@hookimpl
def cdkit_register_steps():
    return [Plans]
'''


def write(folder: Path, *actions: str, value: str = "new") -> None:
    (folder / "steps.py").write_text(PLUGIN, encoding="utf-8")
    steps = "".join(
        f"  s{number}: {{uses: plans, with: {{action: {action}, value: '{value}'}}}}\n"
        for number, action in enumerate(actions)
    )
    head = "name: x\nplugins: [./steps.py]\nsecrets: {TOKEN: {env: TOKEN}}\n"
    (folder / "cdkit.yaml").write_text(f"{head}steps:\n{steps}", encoding="utf-8")


@pytest.mark.parametrize(
    ("actions", "code", "plain_code"),
    [
        (("keep", "keep"), 0, 0),
        (("keep", "run", "build", "write"), 0, 0),
        (("keep", "update"), 1, 0),
        (("delete",), 1, 0),
        (("replace",), 1, 0),
        (("push",), 1, 0),
        (("keep", "away"), 4, 0),
        (("update", "away"), 4, 0),
        (("update", "refused"), 3, 3),
        (("update", "denied"), 3, 3),
    ],
)
@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_the_exit_code_tells_whether_something_would_change(
    here: Here, tmp_path: Path, actions: tuple[str, ...], code: int, plain_code: int, output: str
) -> None:
    write(tmp_path, *actions)
    assert here("plan", "--exit-code", "-o", output).code == code
    assert here("plan", "-o", output).code == plain_code


def test_a_wrong_file_is_no_difference(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "update")
    assert here("plan", "--exit-code", "--set", "nothing=1").code == 2


def test_as_json_a_plan_is_one_object_for_programs(here: Here, tmp_path: Path) -> None:
    write(tmp_path, "update", "keep")
    plan = json.loads(here("plan", "--output", "json").out)
    assert (plan["pipeline"], plan["changes"], plan["counts"]) == ("x", True, {"keep": 1, "update": 1})
    (change,) = plan["steps"][0]["changes"]
    assert change["fields"] == [{"path": "data.a", "before": "old", "after": "new"}]


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_a_secret_of_the_pipeline_is_in_no_form_of_a_plan(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    write(tmp_path, "update", value="the hunter2 token")
    ended = here("plan", "-o", output)
    assert "the *** token" in ended.out
    assert "hunter2" not in ended.out + ended.err
