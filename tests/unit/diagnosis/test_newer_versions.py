"""The rules over objects of newer versions of Kubernetes than the test cluster's.

Each file of `newer/` is written after the documentation of the API that it names under `source`: `{"version", "source",
"object", "around": {KIND: [...]}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cdkit.diagnosis.verdict import Verdict
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.observe.kinds import Related, kind_of
from cdkit.testing.pytest_plugin import Golden
from tests.unit.diagnosis.recorded import described

NEWER = Path(__file__).parent / "newer"
NAMES = sorted(path.stem for path in NEWER.glob("*.json"))


class Around(NamedTuple):
    """What a recording holds beside the object that is judged."""

    objects: dict[str, list[Manifest]]

    def __getitem__(self, kind: Related) -> list[Manifest]:  # type: ignore[override]
        return self.objects.get(kind.kind, [])

    def beside(self) -> list[Manifest]:
        return []


def judged(name: str) -> Verdict:
    data: dict[str, Any] = json.loads((NEWER / f"{name}.json").read_text())
    kind = kind_of(ObjectRef.of(data["object"]))
    assert kind is not None
    return kind.diagnose(data["object"], Around(data["around"]))


def test_what_a_person_reads_about_each_is_reviewed(golden: Golden) -> None:
    golden("newer-versions.txt", "\n\n".join(described(name, judged(name)) for name in NAMES) + "\n")


@pytest.mark.parametrize("name", NAMES)
def test_each_names_its_source(name: str) -> None:
    assert json.loads((NEWER / f"{name}.json").read_text())["source"].startswith("https://kubernetes.io/docs/")


@pytest.mark.parametrize("name", NAMES)
def test_each_cause_is_proved_and_has_a_remedy(name: str) -> None:
    assert all(cause.evidence and cause.remedy for cause in judged(name).causes)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in a value that may be left out: names, kinds and types are in each that a server gives."""
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(child, dict) and not {"name", "type", "uid", "metadata"} & set(child):
            yield child
        yield from parts(child)


@pytest.mark.parametrize("name", NAMES)
def test_where_a_part_is_missing_less_is_told(name: str) -> None:
    data = json.loads((NEWER / f"{name}.json").read_text())
    kind = kind_of(ObjectRef.of(data["object"]))
    assert kind is not None
    for part in list(parts([data["object"], data["around"]])):
        kept = dict(part)
        part.clear()
        assert kind.diagnose(data["object"], Around(data["around"])).summary
        part.update(kept)
