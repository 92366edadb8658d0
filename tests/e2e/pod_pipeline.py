"""Pipelines of one test pod."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


def pod_pipeline(namespace: str, image: str, *, secrets: Mapping[str, str] = {}, **options: Any) -> str:
    """A pipeline with one step, `tests`, which runs a test pod.

    Args:
        namespace: where it works.
        image: of the tests, and of the keeper.
        secrets: the variables that hold them, by their names.
        options: further ones of the step.
    """
    of_step = {"image": image, "helper_image": image, **options}
    return yaml.safe_dump(
        {
            "name": "pods",
            "secrets": {name: {"env": variable} for name, variable in secrets.items()},
            "environments": {"test": {"namespace": namespace}},
            "steps": {"tests": {"uses": "run-test-pod", "with": of_step}},
        },
        allow_unicode=True,
    )


def shell(script: str) -> list[str]:
    """A command of the shell of a tiny image."""
    return ["/bin/sh", "-c", script]
