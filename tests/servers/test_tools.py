"""The script that installs the clients of build servers says what it misses."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).with_name("tools")


@pytest.mark.parametrize(("prints", "told"), [("exit 1", "there is no node"), ("echo v18.20.4", "node is 18.20.4")])
def test_without_a_node_that_will_do_it_says_so_and_ends_with_4(tmp_path: Path, prints: str, told: str) -> None:
    node = tmp_path / "bin" / "node"
    node.parent.mkdir()
    node.write_text(f"#!/bin/sh\n{prints}\n", encoding="utf-8")
    node.chmod(0o755)
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "CLUSTER_HOME": str(tmp_path / "home")}
    ended = subprocess.run([TOOLS], env=environ, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (4, "")
    assert f"{told}. Put Node.js 20 or later on the PATH" in ended.stderr
