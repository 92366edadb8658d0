"""The examples of Drone and Woodpecker: every step's container is started as the server starts a plugin.

The image is tested by tests/e2e/test_container.py; here its entry point runs on this machine, with the settings of a
file as the runners hand them over:
https://github.com/drone-runners/drone-runner-docker/blob/master/engine/compiler/encoder/encoder.go
https://github.com/woodpecker-ci/woodpecker/blob/main/pipeline/frontend/yaml/compiler/settings/params.go
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from .conftest import EXAMPLES, Checkout

IMAGE = "registry.example.org/cdkit:"
ENTRY_POINT = (sys.executable, "-c", "from cdkit.cli.container import main; main()")
DRONE = {"CI": "true", "DRONE": "true", "DRONE_BUILD_EVENT": "push", "DRONE_BRANCH": "main"}
WOODPECKER = {"CI": "woodpecker", "CI_PIPELINE_EVENT": "push", "CI_COMMIT_BRANCH": "main"}


def encoded(value: Any) -> str:
    """A setting as both runners encode it: lists of plain values joined, all else as JSON."""
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ",".join(map(str, value))
    return json.dumps(value) if isinstance(value, list | dict | bool) else str(value)


def started(checkout: Checkout, step: Mapping[str, Any], server: Mapping[str, str]) -> CompletedProcess[str]:
    """What comes of a step's container."""
    assert step["image"].startswith(IMAGE)
    settings = {f"PLUGIN_{name.upper()}": encoded(value) for name, value in step.get("settings", {}).items()}
    return checkout.run(*ENTRY_POINT, **server, **settings)


def pipelines(server: str, example: str, **variables: str) -> list[dict[str, Any]]:
    """The documents of an example, with the variables of a matrix put in."""
    text = (EXAMPLES / server / f"{example}.yml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(re.sub(r"\$\{(\w+)\}", lambda found: variables[found[1]], text)))


def steps(pipeline: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps by name; Woodpecker has them as a mapping too."""
    given = pipeline["steps"]
    if isinstance(given, dict):
        yield from given.items()
    else:
        yield from ((step["name"], step) for step in given)


@pytest.mark.parametrize(("server", "environ"), [("drone", DRONE), ("woodpecker", WOODPECKER)])
@pytest.mark.parametrize("checkout", ["hello"], indirect=True)
def test_hello_is_run(checkout: Checkout, server: str, environ: dict[str, str]) -> None:
    checkout.stand_in()
    (pipeline,) = pipelines(server, "hello")
    ((_, step),) = steps(pipeline)
    ended = started(checkout, step, environ)
    assert ended.returncode == 0, ended.stderr
    assert "delivered to nowhere" in ended.stdout


@pytest.mark.parametrize("checkout", ["monorepo"], indirect=True)
def test_drone_delivers_the_services_of_a_monorepo_beside_each_other(checkout: Checkout) -> None:
    checkout.stand_in()
    (pipeline,) = pipelines("drone", "monorepo")
    for name, step in steps(pipeline):
        assert step["depends_on"] == ["clone"]
        assert started(checkout, step, DRONE).stdout.startswith(f"{name}, run")


@pytest.mark.parametrize("checkout", ["monorepo"], indirect=True)
def test_woodpecker_has_a_workflow_for_each_service_of_a_monorepo(checkout: Checkout) -> None:
    checkout.stand_in()
    (matrix,) = pipelines("woodpecker", "monorepo", SERVICE="x")
    for service in matrix["matrix"]["SERVICE"]:
        (workflow,) = pipelines("woodpecker", "monorepo", SERVICE=service)
        ((_, step),) = steps(workflow)
        assert started(checkout, step, WOODPECKER).stdout.startswith(f"{service}, run")


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_drone_brings_to_production_what_somebody_promotes(checkout: Checkout) -> None:
    checkout.stand_in()
    staging, production = pipelines("drone", "promotion")
    assert staging["trigger"]["event"] == ["push"]
    assert production["trigger"] == {"event": ["promote"], "target": ["production"]}
    promoted = {**DRONE, "DRONE_BUILD_EVENT": "promote", "DRONE_DEPLOY_TO": "production"}
    for pipeline, environ in ((staging, DRONE), (production, promoted)):
        ((_, step),) = steps(pipeline)
        assert f"delivered to {pipeline['name']}" in started(checkout, step, environ).stdout


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_woodpecker_brings_to_production_what_somebody_deploys(checkout: Checkout) -> None:
    checkout.stand_in()
    (workflow,) = pipelines("woodpecker", "promotion")
    deployed = {**WOODPECKER, "CI_PIPELINE_EVENT": "deployment", "CI_PIPELINE_DEPLOY_TARGET": "production"}
    events = {"staging": ("push", WOODPECKER), "production": ("deployment", deployed)}
    for name, step in steps(workflow):
        event, environ = events[name]
        assert step["when"] == [{"event": event}]
        assert f"delivered to {name}" in started(checkout, step, environ).stdout
