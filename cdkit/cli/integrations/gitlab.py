"""GitLab's CI/CD component.

https://docs.gitlab.com/ci/components/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdkit import __version__
from cdkit.cli.integrations.options import inputs_of_run
from cdkit.cli.integrations.yaml_text import GENERATED, yaml_text
from cdkit.step import Step

OF_THE_JOB: dict[str, dict[str, Any]] = {
    "job": {"default": "deliver", "description": "The job's name."},
    "stage": {"default": "deploy", "description": "The job's stage."},
    "image": {
        "default": f"$CI_REGISTRY/cdkit/cdkit:{__version__}",
        "description": "The image of cdkit, in a registry that your runners reach.",
    },
}

ALLOWED = "allowed_exit_codes"
REPORTS = ".cdkit/reports"


def component(_: Mapping[str, type[Step]]) -> str:
    """The template: a header with the inputs, and one job."""
    inputs = dict(OF_THE_JOB)
    variables = {}
    for item in inputs_of_run():
        inputs.setdefault(item.name, {"default": "", "description": item.told})
        variables[f"PLUGIN_{item.name.upper()}"] = f"$[[ inputs.{item.name} ]]"
    inputs[ALLOWED] = {
        "type": "array",
        "default": [8],
        "description": "Exit codes that are a warning only; 8 says that a newer deployment holds the environment.",
    }
    job = {
        "stage": "$[[ inputs.stage ]]",
        # GitLab runs a script of its own by the shell of the image.
        "image": {"name": "$[[ inputs.image ]]", "entrypoint": [""]},
        # One such job after the other, in the order of their pipelines where the resource group's process mode says so;
        # cdkit itself sees to it too, across projects and servers.
        "resource_group": "cdkit/$[[ inputs.job ]]",
        "variables": {**variables, "GIT_DEPTH": "50"},
        "script": ["cdkit from-settings"],
        "allow_failure": {"exit_codes": f"$[[ inputs.{ALLOWED} ]]"},
        "artifacts": {
            "when": "always",
            "paths": [f"{REPORTS}/"],
            "reports": {"junit": f"{REPORTS}/junit.xml", "dotenv": f"{REPORTS}/outputs.env"},
        },
    }
    head = yaml_text({"spec": {"inputs": inputs}})
    return f"{GENERATED}{head}---\n{yaml_text({'$[[ inputs.job ]]': job})}"
