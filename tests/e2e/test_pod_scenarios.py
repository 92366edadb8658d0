"""The same scenarios on both runtimes: the same verdicts, exit codes and artifacts, and nothing is left of them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.real_world import given

from .conftest import Project
from .left_behind import LeftBehind
from .pod_scenarios import HELPER, PROGRAMS, SCENARIOS, Scenario
from .tiny import made_for_another_machine

RUNTIMES = ("kubernetes", "docker")


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
    assert finished.code == scenario.code, finished.text
    assert_said(finished.text, scenario.said)
    assert "s3cr3t-value" not in finished.text + json.dumps(finished.journal)
    if scenario.code != 2:
        result = finished.result("tests")
        assert (result.get("failure") or {}).get("cause") == scenario.cause
        assert scenario.outputs.items() <= (result.get("outputs") or {}).items()
    assert artifacts_of(deployable.folder, scenario.artifacts) == scenario.artifacts
    assert not artifacts_of(deployable.folder, scenario.refused)
    if scenario.code != 2:
        left.assert_nothing(finished.run)


def assert_said(text: str, lines: tuple[str, ...]) -> None:
    """All of it, in this order."""
    position = 0
    for line in lines:
        position = text.find(line, position)
        assert position >= 0, f"{line!r} is not said, or not in its order:\n{text}"


def artifacts_of(folder: Path, wanted: Any) -> dict[str, str]:
    """What came out, of the files that a scenario speaks of."""
    roots = list((folder / ".cdkit" / "runs").glob("*/tests"))
    root = roots[-1] if roots else folder
    return {path: (root / path).read_text(encoding="utf-8") for path in wanted if os.path.lexists(root / path)}
