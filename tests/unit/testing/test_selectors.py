from __future__ import annotations

import pytest

from cdkit.models.kube import Manifest, ObjectQuery
from cdkit.testing.selectors import matches

EVENT: Manifest = {
    "metadata": {"name": "web.1", "labels": {"app": "web", "example.com/tier": "front"}},
    "involvedObject": {"kind": "Pod", "name": "web"},
}


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app=other", False),
        ("app!=web", False),
        ("missing!=web", True),
        ("app", True),
        ("!app", False),
        ("missing", False),
        ("!missing", True),
        ("app in (web, other)", True),
        ("app in (other)", False),
        ("app notin (web)", False),
        ("missing notin (web)", True),
        ("app in (web,other),example.com/tier=front", True),
        ("app=web,example.com/tier=back", False),
    ],
)
def test_labels_are_chosen_as_the_server_does(selector: str, *, chosen: bool) -> None:
    assert matches(ObjectQuery("v1", "Event", label_selector=selector), EVENT) is chosen


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("metadata.name=web.1", True),
        ("involvedObject.kind=Pod,involvedObject.name=web", True),
        ("involvedObject.kind=Pod,involvedObject.name!=web", False),
        ("status.phase!=Running", True),
    ],
)
def test_fields_are_chosen_by_their_path(selector: str, *, chosen: bool) -> None:
    assert matches(ObjectQuery("v1", "Event", field_selector=selector), EVENT) is chosen
