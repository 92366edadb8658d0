"""`action.yml`, the composite action of GitHub, Gitea and Forgejo.

https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdkit.cli.integrations.options import inputs_of_all
from cdkit.cli.integrations.yaml_text import GENERATED, yaml_text
from cdkit.report.handed_on import ALWAYS
from cdkit.step import Step

OUTPUTS = {
    "digest": "The digest of the image that was built, pushed or promoted last.",
    "image": "The image that was built, pushed or promoted last, with its digest where it has one.",
    "url": "Where the deployment can be reached, when a step says so.",
    "revision": "The revision of the deployment, when there was one.",
    "outputs": "The outputs of all steps, as JSON.",
}

# Debian and Ubuntu name their Pythons by version. `-I` keeps the workflow's own PYTHON* variables and folders out.
SET_UP = """\
set -euo pipefail
for python in python3.14 python3.13 python3.12 python3.11 python3; do
  if "$python" -I -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    found=$python
    break
  fi
done
if [ -z "${found-}" ]; then
  echo "::error title=cdkit::There is no Python 3.11 or later. Put actions/setup-python before this action."
  exit 4
fi
place="$RUNNER_TEMP/cdkit"
if [ ! -x "$place/bin/cdkit" ]; then
  "$found" -I -m venv "$place"
  "$place/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input "$GITHUB_ACTION_PATH"
fi
"""

RUN = '"$RUNNER_TEMP/cdkit/bin/python" -I -m cdkit from-settings --prefix INPUT_\n'


def action(steps: Mapping[str, type[Step]]) -> str:
    """The text of the file. Inputs reach cdkit through the environment only, so that none is ever read by a shell."""
    inputs = list(inputs_of_all(steps))
    step = {"description": "The step to run; a whole pipeline when left out.", "required": False, "default": ""}
    given = {"step": step} | {
        item.name: {"description": item.told, "required": False, "default": ""} for item in inputs
    }
    environment = {f"INPUT_{name.upper()}": f"${{{{ inputs.{name} }}}}" for name in given}
    document: dict[str, Any] = {
        "name": "cdkit",
        "description": "Build, push, test in a pod, generate manifests and roll out: a pipeline, or one step of it.",
        "author": "cdkit",
        "branding": {"icon": "package", "color": "blue"},
        "inputs": given,
        "outputs": {
            name: {"description": OUTPUTS[name], "value": f"${{{{ steps.run.outputs.{name} }}}}"}
            for name in (*ALWAYS, "outputs")
        },
        "runs": {
            "using": "composite",
            "steps": [
                {"name": "Set up cdkit", "shell": "bash", "run": SET_UP},
                {"name": "Run cdkit", "id": "run", "shell": "bash", "env": environment, "run": RUN},
            ],
        },
    }
    return GENERATED + yaml_text(document)
