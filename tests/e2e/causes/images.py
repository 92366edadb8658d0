"""The image cannot be had."""

from __future__ import annotations

from tests.e2e.causes.case import HURRY, Case, either, ended, told, waits, web

PULL_FAILED = either(told("Failed"), waits("ErrImagePull", "ImagePullBackOff"))

CASES = {
    "image-not-found": Case(
        "image-not-found", lambda place: web(place, {"image": f"{place.registry}/web:2.0"}), PULL_FAILED
    ),
    "image-not-allowed": Case(
        "image-not-allowed", lambda place: web(place, {"image": f"{place.played['forbids']}/web:2.0"}), PULL_FAILED
    ),
    "invalid-image-name": Case(
        "invalid-image-name",
        lambda place: web(place, {"image": f"{place.registry}/Web:2.0"}),
        either(told("InspectFailed"), waits("InvalidImageName")),
    ),
    "image-never-pulled": Case(
        "image-never-pulled",
        lambda place: web(place, {"image": f"{place.registry}/web:2.0", "imagePullPolicy": "Never"}),
        either(told("ErrImageNeverPull"), waits("ErrImageNeverPull")),
    ),
    "wrong-architecture": Case("wrong-architecture", lambda place: web(place, {"command": ["/bin/foreign"]}), ended(2)),
    "registry-unreachable": Case(
        "registry-unreachable", lambda place: web(place, {"image": "127.0.0.1:9/web:2.0"}), patience=HURRY
    ),
    "registry-throttled": Case(
        "registry-throttled",
        lambda place: web(place, {"image": f"{place.played['throttles']}/web:2.0"}),
        patience=HURRY,
    ),
    "image-pull-failing": Case(
        "image-pull-failing", lambda place: web(place, {"image": f"{place.played['refuses']}/web:2.0"}), patience=HURRY
    ),
    "registry-not-trusted": Case(
        "registry-not-trusted", lambda place: web(place, {"image": f"{place.played['outside']}/web:2.0"}), PULL_FAILED
    ),
}
