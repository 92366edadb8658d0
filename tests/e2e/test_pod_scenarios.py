"""The same scenarios on both runtimes: the same verdicts, exit codes and artifacts, and nothing is left of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit_pods.conduct.places import MERGED
from cdkit_pods.results import read_reports
from tests.real_world import given

from .conftest import Finished, Project
from .left_behind import LeftBehind
from .pod_scenarios import HELPER, PROGRAMS, SCENARIOS, Ending, Scenario
from .tiny import made_for_another_machine

RUNTIMES = ("kubernetes", "docker")
VERDICTS = {"": "", "WorkFailed": "failed", "WorldFailed": "broken", "TimedOut": "timed out"}
"""By the class of a failure; others than these no scenario ends with."""

OF_ONE_RUN = ("pod", "artifacts", "report")
"""Outputs that are named after the run."""


@pytest.fixture(scope="module")
def images(registry: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The images that the scenarios speak of."""
    helper = given("CDKIT_TEST_HELPER")
    folder = tmp_path_factory.mktemp("programs")
    write_programs(folder)
    entrypoint = f'FROM {helper}\nENTRYPOINT ["/bin/sh"]\nCMD ["-c", "exit 5"]\n'
    programs = f"FROM {helper}\nCOPY foreign no-interpreter /app/\n"
    return {
        HELPER: helper,
        "ENTRYPOINT": pushed(folder, f"{registry}/cdkit/test-entrypoint:1", entrypoint),
        PROGRAMS: pushed(folder, f"{registry}/cdkit/test-programs:1", programs),
        "REGISTRY": registry,
    }


def write_programs(folder: Path) -> None:
    """Programs that no container can execute."""
    (folder / "foreign").write_bytes(made_for_another_machine())
    (folder / "no-interpreter").write_text("#!/no/such/interpreter\n", encoding="utf-8")
    for name in ("foreign", "no-interpreter"):
        (folder / name).chmod(0o755)


def pushed(folder: Path, reference: str, dockerfile: str) -> str:
    """Build and push an image."""
    (folder / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    for command in (["build", "-q", "-t", reference, str(folder)], ["push", "-q", reference]):
        subprocess.run(["docker", *command], check=True, capture_output=True)
    return reference


def filled_in(value: Any, images: dict[str, str]) -> Any:
    """The same options with real images."""
    if isinstance(value, dict):
        return {key: filled_in(item, images) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, images) for item in value]
    for name, image in images.items():
        if isinstance(value, str) and (value == name or value.startswith(f"{name}/")):
            return image + value[len(name) :]
    return value


def pipeline(scenario: Scenario, runtime: str, namespace: str, images: dict[str, str]) -> str:
    options = {"image": HELPER, "helper_image": HELPER, "runtime": runtime, **scenario.options}
    return yaml.safe_dump(
        {
            "name": "scenario",
            "secrets": dict(scenario.secrets),
            "environments": {"test": {"namespace": namespace}},
            "steps": {"tests": {"uses": "run-test-pod", "with": filled_in(options, images)}},
        },
        allow_unicode=True,
    )


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_should_on_every_runtime(
    deployable: Project,
    left: LeftBehind,
    namespace: str,
    images: dict[str, str],
    name: str,
    runtime: str,
) -> None:
    scenario = SCENARIOS[name]
    for path, content in scenario.files.items():
        (deployable.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (deployable.folder / path).write_text(content, encoding="utf-8")
    deployable.write(pipeline(scenario, runtime, namespace, images))
    finished = deployable.cdkit("run", SCENARIO_TOKEN="s3cr3t-value")
    assert ending(deployable.folder, finished) == scenario.ending, finished.text
    assert_said(finished.text, scenario.said)
    assert not [text for text in scenario.unsaid if text in finished.text]
    assert "s3cr3t-value" not in finished.text + json.dumps(finished.journal)
    if scenario.verdict:
        left.assert_nothing(finished.run)


def assert_said(text: str, lines: tuple[str, ...]) -> None:
    """All of it, in this order."""
    position = 0
    for line in lines:
        position = text.find(line, position)
        assert position >= 0, f"{line!r} is not said, or not in its order:\n{text}"


def ending(project: Path, finished: Finished) -> Ending:
    """How a run has ended, by all that it has left behind."""
    result = finished.result("tests") if finished.journal else {"failure": {"kind": ""}, "outputs": {}}
    failure = result.get("failure") or {}
    folder = next((project / ".cdkit" / "runs").glob("*/tests"), project / "nothing came out")
    return Ending(
        code=finished.code,
        verdict=VERDICTS[failure["kind"]] if failure else result["outputs"]["verdict"],
        cause=failure.get("cause"),
        found=found_in(folder, finished),
        outputs={name: value for name, value in result["outputs"].items() if name not in OF_ONE_RUN},
        artifacts={
            str(path.relative_to(folder)): path.read_text(encoding="utf-8")
            for path in folder.rglob("*")
            if (path.is_symlink() or path.is_file()) and path != folder / MERGED
        },
    )


def found_in(folder: Path, finished: Finished) -> dict[str, str]:
    """What the tests found by the merged report; it is what was shown."""
    cases = read_reports(folder, [MERGED], workspace=folder).cases
    shown = [event["report"]["cases"] for event in finished.journal if event["type"] == "tests-reported"]
    found = {case.title: str(case.outcome) for case in cases}
    assert [sorted(case.get("outcome", "passed") for case in each) for each in shown] == [
        sorted(found.values())
    ] * bool(found)
    return found
