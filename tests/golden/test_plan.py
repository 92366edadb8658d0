"""What `cdkit plan` prints is a contract, in each of its forms."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cdkit.models.change import Change, FieldChange
from cdkit.report.plan import Plan, PlannedStep, plan_json
from cdkit.report.plan_markdown import LONGEST, plan_markdown
from cdkit.report.preview import preview_lines
from cdkit.report.style import Style
from cdkit.testing import check_golden

HERE = Path(__file__).parent
CONTAINER = "spec.template.spec.containers[name=web]"

FIELDS = (
    FieldChange("spec.replicas", 2, 3),
    FieldChange(f"{CONTAINER}.image", "127.0.0.1:5000/web@sha256:aaaa", "127.0.0.1:5000/web@sha256:bbbb"),
    FieldChange(f"{CONTAINER}.env[name=LEVEL]", after={"name": "LEVEL", "value": "debug"}),
    FieldChange(f"{CONTAINER}.livenessProbe", before={"httpGet": {"path": "/"}}),
    FieldChange('metadata.annotations["example.com/note"]', "", "x" * 300),
)
PASSWORD = FieldChange("data.password", "*** 3f9a1c02", "*** 77b0e1d4")
FILE = FieldChange(
    'data["web.conf"]',
    "".join(f"line {number}\n" for number in range(20)),
    "".join(f"line {number if number != 10 else 'ten'}\n" for number in range(20)) + "```\n",
)
PLAN = Plan(
    pipeline="shop",
    environment="staging",
    steps=(
        PlannedStep(step="test", uses="run", changes=(Change("run", "pytest -q"),)),
        PlannedStep(step="docs", uses="run", skipped="`when` is not true: build.tag != ''"),
        PlannedStep(
            step="release",
            uses="apply",
            changes=(
                Change("create", "Namespace shop"),
                Change("update", "Secret login", fields=(PASSWORD,)),
                Change("update", "ConfigMap web", fields=(FILE,)),
                Change("update", "Deployment web", fields=FIELDS),
                Change("keep", "Service web", "it is as wanted"),
                Change("replace", "Job migrate", "it has fields that cannot be changed once it exists",
                       fields=(FieldChange("spec.template", {"a": 1}, {"a": 2}),)),
                Change("refused", "StatefulSet db", "Others have set fields of it.",
                       ("spec.replicas belongs to 'kubectl-scale': it is 5, and we want 2.",)),
                Change("delete", "ConfigMap old", "an earlier deployment made it, and the manifests have it no more"),
            ),
        ),
        PlannedStep(step="other", uses="apply", changes=(Change("unknown", "apply", "No answer from the API server."),),
                    error="No answer from the API server."),
        PlannedStep(step="last", uses="set-image", problems=("There is no Deployment `web` in 'shop'.",)),
    ),
    missing=("cdkit.yaml:4:9: The secret 'TOKEN' has no value: the variable TOKEN is not set.",),
)  # fmt: skip


def text_of(plan: Plan, style: Style) -> str:
    return "".join(f"{line}\n" for line in preview_lines(plan, style))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.txt", text_of(PLAN, Style())),
        ("plan-colours.txt", text_of(PLAN, Style(colour=True))),
        ("plan.json", plan_json(PLAN) + "\n"),
        ("plan.md", plan_markdown(PLAN)),
    ],
)
def test_a_plan_is_written_as_it_was(name: str, text: str, request: pytest.FixtureRequest) -> None:
    check_golden(HERE / name, text, update=request.config.getoption("--update-golden"))


def with_objects(count: int, text: str) -> Plan:
    change = Change("update", "ConfigMap web", fields=(FieldChange("data.a", text, f"{text}!"),))
    return msgspec.structs.replace(PLAN, steps=(PlannedStep(step="a", uses="apply", changes=(change,) * count),))


@pytest.mark.parametrize(("count", "text"), [(100, "x" * 190), (3000, "short"), (2, "a line\n" * 100_000)])
def test_a_comment_of_a_pull_request_is_never_too_long(count: int, text: str) -> None:
    page = plan_markdown(with_objects(count, text))
    assert len(page) <= LONGEST
    assert page.count("<details>") == page.count("</details>")
    assert page.count("```") % 2 == 0


def test_what_does_not_fit_loses_its_details_first() -> None:
    page = plan_markdown(with_objects(400, "x" * 190))
    assert page.count("- **update** `ConfigMap web`\n") == 400
    assert 0 < page.count("<details>") < 400
    assert "parts are too long for here; `cdkit plan` shows them._" in page


def test_names_of_others_are_no_markup_and_reach_nobody() -> None:
    change = Change("create", "ConfigMap `<b>@team", "**bold** <script>")
    page = plan_markdown(msgspec.structs.replace(PLAN, steps=(PlannedStep(step="<i>", uses="a", changes=(change,)),)))
    assert "- **create** ``ConfigMap `<b>@team``: `**bold** <script>`\n" in page
    assert "**&lt;i&gt;**" in page
