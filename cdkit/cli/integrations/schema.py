"""The JSON Schema of pipeline files, as a file that editors can be pointed at."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cdkit.pipeline.schema import pipeline_schema
from cdkit.step import Step


def schema(steps: Mapping[str, type[Step]]) -> str:
    """The schema for the steps that are given."""
    return f"{json.dumps(pipeline_schema(steps), indent=2, ensure_ascii=False)}\n"
