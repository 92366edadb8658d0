"""Objects of kinds that cdkit does not know: ready as they say by annotation, else by common usage."""

from __future__ import annotations

import pytest

from cdkit.diagnosis.custom_resource import READY_CONDITION, READY_JSONPATH, diagnose_custom_resource
from cdkit.diagnosis.verdict import NEVER_FATAL, Verdict
from tests.unit.diagnosis.objects import Json, metadata


def widget(status: Json | None = None, **annotations: str) -> Json:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": metadata("hello", generation=2, annotations=annotations),
        **({} if status is None else {"status": status}),
    }


def conditions(**statuses: str) -> Json:
    items = [
        {"type": kind, "status": status, "reason": "Because", "message": f"{kind} is {status}"}
        for kind, status in statuses.items()
    ]
    return {"conditions": items}


def annotated(status: Json, name: str, value: str) -> Verdict:
    return diagnose_custom_resource(widget(status, **{name: value}))


@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        {"phase": "Odd"},
        conditions(Ready="True"),
        conditions(Available="True", Progressing="False"),
        {"observedGeneration": 2},
        {"conditions": "none"},
    ],
)
def test_by_common_usage_it_is_ready(status: Json | None) -> None:
    assert diagnose_custom_resource(widget(status)).state == "succeeded"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (conditions(Ready="False"), "its condition Ready is False (Ready is False)"),
        (conditions(Ready="Unknown"), "its condition Ready is Unknown (Ready is Unknown)"),
        ({"observedGeneration": 1}, "its controller has not looked at it yet"),
    ],
)
def test_by_common_usage_it_is_not_ready_yet(status: Json, why: str) -> None:
    verdict = diagnose_custom_resource(widget(status))
    assert verdict.state == "progressing"
    assert [cause.sentence for cause in verdict.causes] == [f"Widget hello is not ready: {why}."]
    assert verdict.causes[0].patience == NEVER_FATAL


def test_a_condition_of_an_older_generation_is_not_believed() -> None:
    old = {"type": "Stalled", "status": "True", "observedGeneration": 1}
    assert diagnose_custom_resource(widget({"conditions": [old]})).state == "succeeded"


@pytest.mark.parametrize("kind", ["Stalled", "Failed"])
def test_a_controller_that_has_given_up_is_believed_at_once(kind: str) -> None:
    verdict = diagnose_custom_resource(widget(conditions(**{kind: "True"})))
    assert verdict.state == "failed"
    assert verdict.causes[0].sentence == f"The controller of Widget hello has given up ({kind}): {kind} is True."
    assert verdict.causes[0].evidence == (f"{kind} is True: Because: {kind} is True",)


def test_a_condition_may_be_asked_for() -> None:
    assert annotated(conditions(Synced="True"), READY_CONDITION, "Synced").state == "succeeded"
    assert annotated(conditions(synced="True"), READY_CONDITION, "Synced").state == "succeeded"
    assert annotated(conditions(Ready="True"), READY_CONDITION, "Synced").state == "progressing"
    assert annotated(conditions(Synced="False"), READY_CONDITION, "Synced").state == "progressing"
    assert annotated(conditions(Dirty="False"), READY_CONDITION, "Dirty=False").state == "succeeded"


def test_several_conditions_may_be_asked_for() -> None:
    both = "Ready, Synced"
    assert annotated(conditions(Ready="True", Synced="True"), READY_CONDITION, both).state == "succeeded"
    verdict = annotated(conditions(Ready="True"), READY_CONDITION, both)
    assert [cause.sentence for cause in verdict.causes] == [
        "Widget hello is not ready: it has no condition Synced yet."
    ]


@pytest.mark.parametrize(
    ("annotation", "state"),
    [
        ("{.status.phase}=Running", "succeeded"),
        ("{.status.phase}='Running'", "succeeded"),
        (".status.phase=Running", "succeeded"),
        ("{.status.phase}", "succeeded"),
        ("{.status.phase}=Pending", "progressing"),
        ("{.status.nothing}", "progressing"),
        ("{.status.count}=3", "succeeded"),
        ("{.status.done}=true", "succeeded"),
        ('{.status.parts[?(@.name=="a")].up}=true', "succeeded"),
        ("{.status.parts[*].up}=true", "progressing"),
    ],
)
def test_a_place_in_the_object_may_be_asked_for(annotation: str, state: str) -> None:
    parts = [{"name": "a", "up": True}, {"name": "b", "up": False}]
    status = {"phase": "Running", "count": 3, "done": True, "parts": parts}
    assert annotated(status, READY_JSONPATH, annotation).state == state


def test_what_is_there_instead_is_told() -> None:
    verdict = annotated({"phase": "Creating"}, READY_JSONPATH, "{.status.phase}=Running")
    assert verdict.causes[0].sentence == "Widget hello is not ready: {.status.phase} is Creating, not Running."
    verdict = annotated({}, READY_JSONPATH, "{.status.phase}=Running")
    assert verdict.causes[0].sentence == "Widget hello is not ready: {.status.phase} is nothing, not Running."


@pytest.mark.parametrize("annotation", ["{.status[}=x", "", "=Running"])
def test_an_annotation_that_cannot_be_read_is_told_at_once(annotation: str) -> None:
    verdict = annotated({}, READY_JSONPATH, annotation)
    assert (verdict.state, verdict.causes[0].id) == ("failed", "readiness-annotation-invalid")
