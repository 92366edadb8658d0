"""cdkit's container, as build servers run it: with settings, as somebody who owns nothing, with a shell."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NAME = "cdkit-test/cdkit"


@pytest.fixture(scope="module")
def image(base: str) -> Iterator[str]:
    """The image, built from this tree by cdkit itself on the test base, whose Python is Debian's."""
    made = ["make", "image", f"IMAGE={NAME}", f"IMAGE_BASE={base}", "IMAGE_PYTHON=3.11"]
    ended = subprocess.run(made, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    reference = next(line.partition(": ")[2] for line in ended.stdout.splitlines() if line.startswith("image: "))
    yield reference
    subprocess.run(["docker", "image", "rm", "--force", "--no-prune", reference], check=True, capture_output=True)


def docker_run(image: str, folder: Path, *command: str, entrypoint: str | None = None, **environ: str) -> str:
    """What a container prints whose working folder is a checkout that belongs to root."""
    options = [f"--env={name}={value}" for name, value in environ.items()]
    options += [] if entrypoint is None else [f"--entrypoint={entrypoint}"]
    place = [f"--volume={folder}:/drone/src", "--workdir=/drone/src"]
    started = ["docker", "run", "--rm", *place, *options, image, *command]
    ended = subprocess.run(started, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A pipeline in a folder that everybody can read and nobody but its owner can write."""
    pipeline = (
        "name: shop\nvars: {word: nothing}\nsteps:\n  say: {uses: run, with: {command: [echo, '${{ vars.word }}']}}\n"
    )
    (tmp_path / "cdkit.yaml").write_text(pipeline, encoding="utf-8")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return tmp_path


def test_settings_run_a_step_or_a_pipeline_for_somebody_who_owns_nothing(image: str, checkout: Path) -> None:
    step = docker_run(image, checkout, DRONE="true", PLUGIN_STEP="run", PLUGIN_COMMAND='["echo", "a, b"]')
    assert "run │ a, b" in step
    assert "say │ hello there" in docker_run(image, checkout, PLUGIN_SET='{"word": "hello there"}')
    assert "say │ nothing" in docker_run(image, checkout, CI="true", DRONE="true"), "without any settings too"
    assert "  run  echo nothing" in docker_run(image, checkout, **{"PLUGIN_DRY-RUN": "true"})


def test_manifests_are_checked_against_the_types_of_kubernetes(image: str, checkout: Path) -> None:
    (checkout / "Dockerfile").write_text("FROM scratch\nEXPOSE 8080\n", encoding="utf-8")
    settings = {"PLUGIN_STEP": "generate-manifests", "PLUGIN_NAME": "shop", "PLUGIN_IMAGE": f"shop@sha256:{'0' * 64}"}
    told = docker_run(image, checkout, DRONE="true", PLUGIN_KUBERNETES_VERSION="1.30", **settings)
    assert "generate-manifests ✓" in told


def test_a_shell_of_a_job_finds_cdkit_which_is_not_root(image: str, checkout: Path) -> None:
    told = docker_run(image, checkout, "-c", "id -u; cdkit validate", entrypoint="sh")
    assert told.splitlines()[0] == "65532"
    assert "cdkit.yaml" in told


def test_what_a_job_says_to_python_is_not_heard(image: str, checkout: Path) -> None:
    (checkout / "cdkit.py").write_text("raise SystemExit('loaded from elsewhere')", encoding="utf-8")
    assert docker_run(image, checkout, "--version", PYTHONPATH="/drone/src").startswith("cdkit ")
