"""Every example of docs/pipeline.md is valid, and runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cdkit.pipeline.declared_types import fields_of
from cdkit.pipeline.model import PipelineSpec, StepSpec

PAGE = (Path(__file__).parents[2] / "docs" / "pipeline.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PIPELINES = [text for text in EXAMPLES if text.startswith("name:")]
SHARED = next(text for text in EXAMPLES if not text.startswith("name:"))


@pytest.mark.parametrize("text", PIPELINES, ids=[text.split()[1] for text in PIPELINES])
def test_an_example_runs(tmp_path: Path, text: str) -> None:
    (tmp_path / "cdkit.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "shared.yaml").write_text(SHARED, encoding="utf-8")
    where = ["--env", "production", "--approve", "production"] if "production:" in text else []
    ended = subprocess.run(
        [sys.executable, "-m", "cdkit", "run", *where],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_key_is_on_the_page() -> None:
    for key in (*fields_of(PipelineSpec), *fields_of(StepSpec)):
        assert f"`{key}`" in PAGE or f"\n{key}:" in PAGE, key
