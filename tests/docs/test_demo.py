"""`make demo`, on the cluster that is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.cluster
def test_the_demo_ends_with_the_services_answer() -> None:
    ended = subprocess.run(
        ["make", "--no-print-directory", "demo"],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "The service answers: Hello from cdkit" in ended.stdout
    assert "@sha256:" in ended.stdout.rsplit("It runs", 1)[1]
    assert "tests/cluster/down" in ended.stdout
