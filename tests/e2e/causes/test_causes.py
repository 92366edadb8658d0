"""Each cause that one node can produce, from a real deployment to what a person reads.

The texts are golden files beside this one; `docs/causes.md` shows them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from tests.e2e.causes import containers, creation, images, places, surroundings, workloads
from tests.e2e.causes.case import Case, Place
from tests.e2e.causes.outcome import shown, without_evidence
from tests.e2e.conftest import Finished, Project
from tests.e2e.moment import Moment
from tests.real_world import eventually

GOLDEN = Path(__file__).parent / "golden"
CASES: dict[str, Case] = {
    # The kubelet takes a minute to evict a pod: this one comes first, so that the others need not wait for it.
    "evicted": places.CASES["evicted"],
    **images.CASES,
    **containers.CASES,
    **places.CASES,
    **creation.CASES,
    **workloads.CASES,
    **surroundings.CASES,
}
CLUSTER_WIDE = frozenset(
    {
        "CustomResourceDefinition",
        "MutatingWebhookConfiguration",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "ValidatingWebhookConfiguration",
    }
)
LONGEST = 5.0
"""Seconds from the moment at which the cluster shows a cause that is fatal now to our exit."""


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_told(name: str, place: Place, deployable: Project, request: pytest.FixtureRequest) -> None:
    case = CASES[name]
    deployable.write(pipeline(case, place))
    (deployable.folder / "manifests.yaml").write_text(yaml.safe_dump_all(case.objects(place)), encoding="utf-8")
    request.addfinalizer(lambda: clear(place, [*case.before(place), *case.objects(place)]))
    prepare(place, case.before(place))
    finished = carried_out(case, place, deployable)

    assert finished.code == case.code, finished.text
    failure = finished.result("release")["failure"]
    assert failure["cause"] == case.cause, finished.text
    assert failure["evidence"], finished.text
    assert failure["remedy"] in finished.text
    compare(name, shown(failure, finished.code, place), update=bool(request.config.getoption("--update-golden")))


def pipeline(case: Case, place: Place) -> str:
    step: dict[str, Any] = {
        "uses": "apply",
        "with": {"manifests": "manifests.yaml", "wait": case.wait, "preflight": "off"},
    }
    return yaml.safe_dump(
        {
            "name": "web",
            "environments": {"test": {"namespace": place.namespace, "patience": case.patience}},
            "steps": {"release": case.step(place) if case.step else step},
        }
    )


def carried_out(case: Case, place: Place, project: Project) -> Finished:
    """Run cdkit, in the time that the case allows, while somebody else does what the case says."""
    if case.meanwhile is not None:
        threading.Thread(target=case.meanwhile, args=[place], daemon=True).start()
    if case.shows is None:
        return project.cdkit("run")
    with Moment(place.cluster, place.namespace, case.shows, queries(case, place)) as moment:
        finished = project.cdkit("run")
        over = time.time()
        assert over - moment.time < LONGEST, finished.text
    return finished


def queries(case: Case, place: Place) -> dict[str, ObjectQuery] | None:
    if case.watches is None:
        return None
    return {"watched": case.watches(place), "Event": ObjectQuery("v1", "Event", place.namespace)}


def prepare(place: Place, objects: Iterable[Manifest]) -> None:
    """Make what is there before, and wait until it has its effect."""
    for manifest in objects:
        asked_to_go = manifest["metadata"].pop("deletionTimestamp", None)
        created = place.cluster.create(placed(manifest, place))
        if asked_to_go:
            place.cluster.delete(ObjectRef.of(created))
        elif manifest["kind"] in ("Deployment", "StatefulSet"):
            eventually(lambda: any(pod["status"].get("containerStatuses") for pod in place.find("Pod")))
        elif manifest["kind"] == "CustomResourceDefinition":
            eventually(lambda created=created: is_served(place, ObjectRef.of(created)))


def is_served(place: Place, definition: ObjectRef) -> bool:
    """Whether the server knows the kind: a moment later than it calls the definition established."""
    spec = (place.cluster.get(definition) or {})["spec"]
    return place.cluster.resource(f"{spec['group']}/{spec['versions'][0]['name']}", spec["names"]["kind"]) is not None


def placed(manifest: Manifest, place: Place) -> Manifest:
    namespace = {} if manifest["kind"] in CLUSTER_WIDE else {"namespace": place.namespace}
    return {**manifest, "metadata": {**manifest["metadata"], **namespace}}


def clear(place: Place, objects: Iterable[Manifest]) -> None:
    """What has no namespace does not go with it."""
    for manifest in objects:
        if manifest["kind"] in CLUSTER_WIDE:
            place.cluster.delete(ObjectRef.of(manifest))


def compare(name: str, text: str, *, update: bool) -> None:
    path = GOLDEN / f"{name}.txt"
    if update:
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert without_evidence(text) == without_evidence(path.read_text(encoding="utf-8"))
