"""The JSON Schema takes what the loader takes, and refuses what it refuses, as far as a schema can."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from msgspec import Meta

from cdkit.errors import InvalidInput
from cdkit.models.duration import Duration
from cdkit.models.problem import Problem
from cdkit.pipeline.document import Node, parse_document
from cdkit.pipeline.expressions import has_expression
from cdkit.pipeline.load import load
from cdkit.pipeline.model import Choices
from cdkit.pipeline.schema import pipeline_schema
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_steps
from cdkit.step import Step, StepContext, StepOptions, StepOutputs
from cdkit.testing.pytest_plugin import Golden
from tests.unit.pipeline.documents import spoilt
from tests.unit.pipeline.kinds import KINDS

ROOT = Path(__file__).parents[3]
BUILT_IN = load_steps(installed_plugins()).steps


class Place(StepOptions, frozen=True, kw_only=True):
    """A struct inside of options."""

    port: Annotated[int, Meta(ge=1, le=65535)]
    host: Annotated[str, Meta(description="The host.")] = "localhost"
    next: Place | None = None


class Rich(Step):
    """Takes options of every type that there is."""

    name = "rich/kind"

    class Options(StepOptions, frozen=True, kw_only=True, rename="kebab"):
        """All of them."""

        some_name: Annotated[str, Meta(pattern="^[a-z]+$")] = "x"
        short: Annotated[str, Meta(max_length=3)] = ""
        ratio: Annotated[float, Meta(ge=0, le=1.5)] = 0.5
        surge: Annotated[int, Meta(ge=0)] | str = 1
        either: Literal["a", "b"] | None = None
        outer: Annotated[int | None, Meta(ge=1)] = None
        place: Place | None = None
        places: list[Place] = []
        by_name: dict[str, Place] = {}
        table: dict[str, list[int]] = {}
        several: Annotated[list[str], Meta(min_length=1)] = []
        programs: Annotated[list[str], Meta(extra={"expressions": False})] = []
        anything: Any = None
        waits: list[Duration] = []

    options: Options

    def run(self, ctx: StepContext) -> StepOutputs:
        return self.Outputs()


ALL_KINDS: dict[str, type[Step]] = {**KINDS, **BUILT_IN, Rich.name: Rich}
SCHEMA = pipeline_schema(ALL_KINDS)
VALIDATOR = Draft202012Validator(SCHEMA)

BEYOND = {
    "what names refer to": [
        r"is not defined\.",
        r"is not known in an expression",
        r"has no output",
        r"cannot read its own outputs",
        r"alone is not a value",
        r"needs itself",
        r"which is not a step of",
        r"There is no class of errors",
    ],
    "cycles": [r"These steps wait for each other"],
    "the inside of expressions": [
        r"`\$\{\{` has no `\}\}`",
        r"`\$\{\{ \}\}` is empty",
        r"is not an expression",
        r"has no value",
        r"must be one whole expression",
    ],
    "fields that belong together": [r"The secret .* has (both|no source)", r"The matrix has \d+ combinations"],
    "sums": [r"is longer than a year"],
    "other files": [r"`include` takes", r"cannot be included", r"lies outside", r"includes itself"],
    "whole numbers that are written with a point": [r"must be a whole number; here stands a number \('-?\d+\.0'\)"],
    "names in a matrix": [r"A name in a matrix"],
}
"""Problems that the loader alone finds, by what a schema cannot see."""


def refusal(folder: Path, document: Any) -> tuple[str, list[Problem]]:
    """The text of a document, and what the loader finds wrong with it."""
    text = json.dumps(document, ensure_ascii=False)
    path = folder / "cdkit.yaml"
    path.write_text(text, encoding="utf-8")
    environments = document.get("environments") if isinstance(document, dict) else None
    chosen = next(iter(environments), "") if isinstance(environments, dict) else ""
    try:
        load(str(path), ALL_KINDS, Choices(environment=chosen))
    except InvalidInput as refused:
        return text, list(refused.problems)
    return text, []


def is_beyond(problem: Problem, root: Node) -> bool:
    """Whether a schema could not have seen a problem."""
    if any(re.search(pattern, problem.message) for patterns in BEYOND.values() for pattern in patterns):
        return True
    if problem.message.endswith("is missing.") and "include" in root.value and problem.position == root.position:
        return True
    node = node_at(root, problem)
    if node is None or re.search("Here stands a plain value|may not hold", problem.message):
        return False
    # What an expression gives, and how a number is written, where text of a certain form is wanted.
    return has_expression(node.text) or ("must be text" in problem.message and not isinstance(node.value, str))


def node_at(root: Node, problem: Problem) -> Node | None:
    return next(
        (leaf for leaf in root.scalars() if leaf.position.column == getattr(problem.position, "column", 0)), None
    )


def is_in_values(root: Node, problem: Problem) -> bool:
    """Whether a problem is with a value that an expression brought from `vars` or from a matrix."""
    holders = [root.value.get("vars")]
    places = (root.value.get("environments") or Node({}, root.position)).value or {}
    holders += [place.value.get("vars") for place in places.values() if isinstance(place.value, dict)]
    leaves = {leaf.position.column for holder in holders if holder is not None for leaf in holder.scalars()}
    return getattr(problem.position, "column", 0) in leaves


# Not made smaller: that takes minutes with documents, and the message holds what one needs.
@settings(max_examples=200, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(document=spoilt(ALL_KINDS))
def test_the_schema_and_the_loader_are_of_one_mind(tmp_path: Path, document: Any) -> None:
    text, problems = refusal(tmp_path, document)
    complaints = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in VALIDATOR.iter_errors(document)
    ]
    if complaints:
        assert problems, f"only the schema refuses: {complaints}\n{text}"
        return
    root = parse_document(text, str(tmp_path / "cdkit.yaml"))
    missed = [problem for problem in problems if not is_beyond(problem, root) and not is_in_values(root, problem)]
    assert not missed, f"only the loader refuses: {[str(problem) for problem in missed]}\n{text}"


STEP = {"uses": "build", "with": {"repository": "r"}}


def file_of(step: Any, **others: Any) -> dict[str, Any]:
    return {"name": "x", "steps": {"a": step}, **others}


def rich(**options: Any) -> dict[str, Any]:
    return file_of({"uses": "rich/kind", "with": {name.replace("_", "-"): value for name, value in options.items()}})


@pytest.mark.parametrize(
    "document",
    [
        file_of(STEP),
        file_of({"uses": "build", "with": "${{ vars.options }}"}, vars={"options": {"repository": "r"}}),
        file_of({"uses": "shell"}),
        file_of({"uses": "shell", "with": None, "when": "${{ build.tag }}", "env": {"A": None, "B": 1.5}}),
        file_of({**STEP, "timeout": "1h30m", "retry": {"max-delay": 5}, "needs": None}),
        {"include": "more.yaml"},
        rich(surge="25%", outer=None, places=[{"port": 80, "next": {"port": "${{ vars.a }}"}}], anything=[{"a": 1}]),
        rich(some_name="${{ vars.a }}", short="${{ vars.a }}", either="${{ vars.a }}", by_name={"x": {"port": 1}}),
        rich(table={"a": [1, "${{ vars.a }}"]}, waits=["5m", "${{ vars.a }}"]),
    ],
)
def test_editors_are_content_with_what_is_right(document: Any) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (file_of({**STEP, "neds": []}), "Additional properties are not allowed ('neds' was unexpected)"),
        (file_of({"uses": "biuld"}), "'biuld' is not one of ["),
        (file_of({"uses": "build"}), "'with' is a required property"),
        (file_of({"uses": "build", "with": {}}), "'repository' is a required property"),
        (file_of({"uses": "build", "with": {"repository": ""}}), "'' should be non-empty"),
        (file_of({"uses": "shell", "with": {"script": "${{ vars.a }}"}}), "does not match"),
        (file_of({**STEP, "when": "always"}), "does not match"),
        (file_of({**STEP, "timeout": "soon"}), "does not match"),
        (file_of({**STEP, "env": {"A": []}}), "[] is not of type"),
        (file_of(STEP, vars={"a": ["${{ vars.b }}"]}), "does not match"),
        ({"name": "x", "steps": {"1": STEP}}, "does not match"),
        ({"name": "${{ vars.a }}", "steps": {}}, "does not match"),
        ({"steps": {}}, "'name' is a required property"),
        (rich(outer=0), "0 is less than the minimum of 1"),
        (rich(several=[]), "[] should be non-empty"),
        (rich(programs=["${{ vars.a }}"]), "does not match"),
    ],
)
def test_editors_complain_of_what_is_wrong(document: Any, said: str) -> None:
    messages = [error.message for error in VALIDATOR.iter_errors(document)]
    assert len(messages) == 1
    assert said in messages[0]


def test_every_example_passes() -> None:
    examples = sorted((ROOT / "pipeline-examples").glob("*/cdkit.yaml"))
    assert examples
    for example in examples:
        assert list(VALIDATOR.iter_errors(yaml.safe_load(example.read_text(encoding="utf-8")))) == []


def test_the_schema_is_one_itself() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_of_the_steps_that_come_with_cdkit(golden: Golden) -> None:
    text = json.dumps(pipeline_schema(BUILT_IN), indent=2, ensure_ascii=False)
    golden(str(ROOT / "docs" / "cdkit.schema.json"), f"{text}\n")
